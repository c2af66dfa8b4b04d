"""Jobs for the benchmarks: clips, submission, and waiting for the end."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import requests

from ffremote import ffmpeg
from ffremote.config import load_settings
from tools.private_service import Service

POLL_SECONDS = 0.02


def make_clip(path: Path, *, seconds: int, size: str) -> Path:
    """Make a moving picture with sound, the same on each machine."""
    picture = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d={seconds}"]
    sound = ["-f", "lavfi", "-i", f"sine=440:d={seconds}"]
    codecs = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    command = [str(ffmpeg.locate(load_settings()).ffmpeg), "-v", "error", "-y"]
    subprocess.run([*command, *picture, *sound, *codecs, str(path)], check=True)
    return path


def submit(service: Service, clip: Path, job: dict[str, Any]) -> str:
    """Post a clip and a job; return the job's id."""
    with clip.open("rb") as content:
        answer = requests.post(
            f"{service.url}/api/v1/jobs",
            files={"file": (clip.name, content)},
            data={"job": json.dumps(job)},
            timeout=60,
        )
    answer.raise_for_status()
    return str(answer.json()["job_id"])


def wait_for_end(service: Service, job_id: str, *, every: float = POLL_SECONDS) -> dict[str, Any]:
    """Wait until the job has ended, however; return its status, asked for `every` so many seconds.

    Fifty questions a second take a tenth of a small machine from the job itself.
    """
    while not (status := service.get(f"/api/v1/jobs/{job_id}/status"))["finished"]:
        time.sleep(every)
    return dict(status)


def wait(service: Service, job_id: str, *, every: float = POLL_SECONDS) -> dict[str, Any]:
    """Wait for the job's end and return the whole job; one that did not complete is an error."""
    status = wait_for_end(service, job_id, every=every)
    if status["state"] != "completed":
        raise RuntimeError(f"the job {job_id} is {status}")
    return dict(service.get(f"/api/v1/jobs/{job_id}"))
