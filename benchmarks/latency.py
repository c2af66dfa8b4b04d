"""The time from the reply to a submission to the start of the job, on an idle service."""

import statistics
import time
from datetime import datetime
from pathlib import Path

from benchmarks.parts import jobs
from tools.private_service import Service

ROUNDS = 30
JOB = {"output_filename": "out.mkv", "video": {"codec": "copy"}, "audio": {"codec": "copy"}}


def measure(service: Service, scratch: Path) -> None:
    """Print median and maximum of the seconds from the reply to the start and to the end."""
    clip = jobs.make_clip(scratch / "short.mp4", seconds=1, size="320x180")
    first, _ = _one(service, clip)
    print(f"  {'first after a start':20} {first * 1000:6.1f} ms, which may be that of the slots")
    starts, ends = zip(*(_one(service, clip) for _ in range(ROUNDS)), strict=True)
    for what, seconds in (("reply to start", starts), ("reply to completed", ends)):
        median, worst = statistics.median(seconds), max(seconds)
        print(f"  {what:20} median {median * 1000:6.1f} ms, worst {worst * 1000:6.1f} ms")
    print(f"  ({ROUNDS} jobs that only copy a clip of 1 s, one after the other)")


def _one(service: Service, clip: Path) -> tuple[float, float]:
    job_id = jobs.submit(service, clip, JOB)
    replied = time.time()
    job = jobs.wait(service, job_id)
    return _seconds(job["started_at"]) - replied, _seconds(job["finished_at"]) - replied


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
