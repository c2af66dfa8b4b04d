"""Fuzzes every allowed filter, with the limits of its ranges and at random.

`python -m tests.security.filter_fuzz --seconds 600 [--ffmpeg PATH --ffprobe PATH] [--seed N]`
prints a line of JSON for each graph that crashed FFmpeg, ran out of time or used too much memory.
"""

import argparse
import contextlib
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.ffmpeg.policy.filter_bugs import guarded, known_bug
from ffremote.ffmpeg.policy.filtergraph import read_graph
from ffremote.ffmpeg.policy.pitch_bug import guarded_sound

from .filter_attempts import attempt, make_runtime
from .filter_cases import Case, combinations, extremes


def canonical(case: Case, version: str) -> str | None:
    """Return the graph as a job would get it; None if it is refused."""
    with contextlib.suppress(ValueError):
        graphs = [read_graph(case.graph, "")]
        if case.kind == "v":
            sides = case.source.partition(",")[0].split("x")
            graphs = guarded(graphs, known_side=min(map(int, sides)), version=version)
        else:
            graphs = guarded_sound(graphs, [int(case.source.partition(":")[0])])
        text = ",".join(map(str, graphs))
        # a plan names the file of the measurement
        return text.replace("vidstabdetect=", "vidstabdetect=result=out/motion:")
    return None


def run(
    runtime: ffmpeg.Runtime, version: str, cases: Iterator[Case], seconds: float
) -> Iterator[Any]:
    """Yield each case with its verdict until the time is over."""
    deadline = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="ffremote-fuzz-") as name:
        directory = Path(name)
        (directory / "out").mkdir()
        for case in cases:
            if time.monotonic() > deadline:
                return
            graph = canonical(case, version)
            if graph is not None:
                yield case, graph, attempt(runtime, case, graph, directory)


def main() -> int:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ffmpeg", type=Path)
    parser.add_argument("--ffprobe", type=Path)
    parser.add_argument("--only", choices=("extremes", "combinations"))
    parser.add_argument("--filter", default="", help="only filters whose names match")
    options = parser.parse_args()
    found = ffmpeg.locate(Settings())
    if options.ffmpeg:
        found = ffmpeg.Binaries(options.ffmpeg, options.ffprobe or found.ffprobe, "environment")
    able = ffmpeg.read_capabilities(found)
    known = frozenset(
        name
        for name in able.filters
        if re.search(options.filter, name) and known_bug(name, able.version) is None
    )
    runtime = make_runtime(found)
    counts: dict[str, int] = {}
    makers = {"extremes": extremes, "combinations": combinations}
    for name, maker in makers.items():
        if options.only in (None, name):
            for case, graph, verdict in run(
                runtime, able.version, maker(known, options.seed), options.seconds
            ):
                counts[verdict.how] = counts.get(verdict.how, 0) + 1
                if verdict.how not in ("ok", "refused"):
                    print(json.dumps(asdict(case) | {"graph": graph} | asdict(verdict)), flush=True)
    print(json.dumps(counts), file=sys.stderr)
    return 1 if counts.keys() - {"ok", "refused"} else 0


if __name__ == "__main__":
    sys.exit(main())
