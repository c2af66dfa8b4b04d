"""The time from the reply to a cancel to the end of FFmpeg."""

import statistics
import time
from pathlib import Path

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.parts import jobs
from ffremote.db import database
from ffremote.db.models import Job
from ffremote.host import processes
from tools.private_service import Service

ROUNDS = 30
DEADLINE = 30.0
JOB = {
    "output_filename": "out.mp4",
    "video": {"codec": "libx264", "preset": "veryslow", "scale": "1920:1080", "fps": 120},
}


def measure(service: Service, scratch: Path) -> None:
    """Print median and maximum of the seconds from the reply to the end of the process."""
    clip = jobs.make_clip(scratch / "canceled.mp4", seconds=10, size="320x180")
    engine = database.open_engine(f"sqlite:///{service.environ['FFREMOTE_DATA_DIR']}/ffremote.db")
    sessions = database.session_maker(engine)
    taken = sorted(_one(service, sessions, clip) * 1000 for _ in range(ROUNDS))
    engine.dispose()
    print(
        f"  reply to no FFmpeg   median {statistics.median(taken):6.1f} ms, "
        f"worst {taken[-1]:6.1f} ms, of {ROUNDS} cancels"
    )


def _one(service: Service, sessions: sessionmaker[Session], clip: Path) -> float:
    job_id = jobs.submit(service, clip, JOB)
    pid = _ffmpeg_of(sessions, job_id)
    response = requests.delete(f"{service.url}/api/v1/jobs/{job_id}", timeout=30)
    replied = time.monotonic()
    response.raise_for_status()
    while processes.started_at(pid) is not None:
        if time.monotonic() - replied > DEADLINE:
            raise RuntimeError(f"FFmpeg {pid} outlives the cancel of {job_id}")
        time.sleep(0.001)
    return time.monotonic() - replied


def _ffmpeg_of(sessions: sessionmaker[Session], job_id: str) -> int:
    """Wait until the job encodes; return the PID of its FFmpeg."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        with sessions() as session, database.reading(session):
            phase, pid = session.execute(select(Job.phase, Job.pid).where(Job.id == job_id)).one()
        if phase == "transcoding" and pid is not None:
            return int(pid)
        time.sleep(0.02)
    raise RuntimeError(f"the job {job_id} does not start")
