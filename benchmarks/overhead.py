"""The overhead of a job compared with its FFmpeg command run by hand, in turns on one clip."""

import os
import select
import shlex
import statistics
import subprocess
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.parts import jobs
from ffremote import ffmpeg
from ffremote.config import load_settings
from tools.private_service import Service

ROUNDS = 5
CLIENT_POLL_SECONDS = 1.0  # as the client polls
JOB = {
    "output_filename": "out.mp4",
    "video": {"codec": "libx264", "crf": 23, "preset": "medium"},
    "audio": {"codec": "aac", "bitrate": "128k"},
}


def measure(service: Service, scratch: Path) -> None:
    """Print FFmpeg's share of a job's time from claim to completion, and from request to end."""
    clip = jobs.make_clip(scratch / "minute.mp4", seconds=60, size="640x360")
    bare, held, whole, own = [], [], [], []
    for _ in range(ROUNDS):
        began = datetime.now(UTC)
        with _Stopwatch() as watch:
            job_id = jobs.submit(service, clip, JOB)
            job = jobs.wait(service, job_id, every=CLIENT_POLL_SECONDS)
        finished = datetime.fromisoformat(job["finished_at"])
        whole.append((finished - began).total_seconds())
        held.append((finished - datetime.fromisoformat(job["started_at"])).total_seconds())
        own.append(watch.seconds)
        bare.append(_run_bare(job, clip, scratch))
    for what, seconds in (("bare ffmpeg", bare), ("claim to completed", held), ("request", whole)):
        print(f"  {what:20} median {statistics.median(seconds):.3f} s")
    for what, seconds in (("claim to completed", held), ("the whole request", whole)):
        shares = [mine / its for mine, its in zip(bare, seconds, strict=True)]
        print(f"  bare / {what:20} median {statistics.median(shares):.3f} ({_list(shares)})")
    if Path("/proc/self/cmdline").exists():
        shares = [mine / its for mine, its in zip(own, held, strict=True)]
        print(
            f"  FFmpeg's own time / claim to completed  median {statistics.median(shares):.3f}"
            f" ({_list(shares)})"
        )


class _Stopwatch:
    """Measures how long the FFmpeg of a job runs: found in /proc, then awaited by a pidfd."""

    seconds = 0.0

    def __enter__(self) -> "_Stopwatch":
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join()

    def _look(self) -> None:
        while (pid := _find_ffmpeg()) is None:
            if self._enough.wait(0.005):
                return
        began = time.monotonic()
        descriptor = os.pidfd_open(pid)
        select.select([descriptor], [], [])
        os.close(descriptor)
        self.seconds = time.monotonic() - began


def _find_ffmpeg() -> int | None:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue  # it has just ended
        if b"-progress" in words and Path(os.fsdecode(words[0])).name == "ffmpeg":
            return int(path.parent.name)
    return None


def _run_bare(job: dict[str, Any], clip: Path, scratch: Path) -> float:
    """Run the job's command line in a directory of the same layout; return the seconds."""
    words = shlex.split(job["command"])
    output = words[-1].removeprefix("file:")
    directory = scratch / "bare"
    (directory / output).parent.mkdir(parents=True, exist_ok=True)
    (directory / output).unlink(missing_ok=True)
    (directory / "input").unlink(missing_ok=True)
    os.link(clip, directory / "input")
    command = [str(ffmpeg.locate(load_settings()).ffmpeg), *words[1:]]
    began = time.monotonic()
    subprocess.run(
        command,
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.monotonic() - began


def _list(shares: list[float]) -> str:
    return ", ".join(f"{share:.3f}" for share in shares)
