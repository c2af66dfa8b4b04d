"""The CPU time of dry runs: one input, sixteen, and sixteen in a graph."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ffremote import ffmpeg, spec
from ffremote.config import load_settings

RUNS = 200
INPUTS = 16


def measure(_scratch: Path) -> None:
    """Print the CPU time of one dry run in milliseconds: median and 95th percentile."""
    settings = load_settings()
    able = ffmpeg.read_capabilities(ffmpeg.locate(settings))
    limits = ffmpeg.Limits.from_settings(settings)
    pads = "".join(f"[{n}:v]" for n in range(INPUTS))
    many: dict[str, object] = {"output_filename": "out.mkv", "inputs": [{}] * INPUTS}
    jobs: dict[str, dict[str, object]] = {
        "1 input": {"output_filename": "out.mkv"},
        f"{INPUTS} inputs": many,
        f"{INPUTS} inputs in a graph": {
            **many,
            "graph": f"{pads}concat=n={INPUTS}[v]",
            "streams": ["[v]"],
        },
    }
    for name, job in jobs.items():
        asked = spec.build_job(job)
        times = _times(partial(ffmpeg.dry_run, asked, able, limits))
        median, high = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        print(f"  dry run, {name:21} {median:6.2f} ms (p95 {high:.2f})")


def _times(step: Callable[[], object]) -> list[float]:
    step()  # loads the tables
    taken = []
    for _ in range(RUNS):
        before = time.process_time()
        step()
        taken.append(1000 * (time.process_time() - before))
    return taken
