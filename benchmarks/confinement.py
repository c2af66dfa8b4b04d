"""The cost of confining FFmpeg, and of turning job JSON into a command line."""

import json
import statistics
import subprocess
import time
from pathlib import Path

from ffremote import ffmpeg, spec
from ffremote.config import Settings
from tools.private_service import Service

ROUNDS = 30
JOB = {
    "output_filename": "out.mp4",
    "video": {"codec": "libx264", "crf": 23, "bitrate": "3M", "fps": 30, "scale": "1280:720"},
    "audio": {"codec": "aac", "bitrate": "192k"},
    "extra_args": ["-movflags", "+faststart"],
}


def measure(service: Service, scratch: Path) -> None:
    """Print the start time of `ffmpeg -version` bare and confined, and the planning time."""
    settings = Settings()
    runtime = ffmpeg.make_runtime(settings)
    directory = scratch / "confinement"
    (directory / "out").mkdir(parents=True)
    program = runtime.binaries.ffmpeg
    confined = runtime.sandbox.command(program, ["-version"], cwd=directory, writable="out")
    bare, wrapped = [], []
    for _ in range(ROUNDS):
        bare.append(_run([str(program), "-version"], directory, runtime))
        wrapped.append(_run(confined, directory, runtime))
    cost = statistics.median(wrapped) - statistics.median(bare)
    print(f"  confinement        {1000 * cost:5.1f} ms a process ({runtime.sandbox.name})")
    _measure_mapper(ffmpeg.read_capabilities(runtime.binaries))


def _measure_mapper(capabilities: ffmpeg.Capabilities) -> None:
    raw = json.dumps(JOB).encode()
    started = time.perf_counter()
    for _ in range(1000):
        ffmpeg.check(spec.parse_job(raw), capabilities)
    print(f"  JSON to command    {time.perf_counter() - started:5.2f} ms")


def _run(command: list[str], directory: Path, runtime: ffmpeg.Runtime) -> float:
    started = time.perf_counter()
    subprocess.run(
        command,
        cwd=directory,
        env=runtime.sandbox.environ("out"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - started
