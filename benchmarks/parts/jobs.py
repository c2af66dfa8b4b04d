"""Jobs of the benchmarks: make clips, submit, wait."""

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
    """Make a video with audio, the same on each machine."""
    picture = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d={seconds}"]
    sound = ["-f", "lavfi", "-i", f"sine=440:d={seconds}"]
    codecs = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    command = [str(ffmpeg.locate(load_settings()).ffmpeg), "-v", "error", "-y"]
    subprocess.run([*command, *picture, *sound, *codecs, str(path)], check=True)
    return path


def submit(service: Service, clip: Path, job: dict[str, Any]) -> str:
    """Post a clip and a job; return the job's id."""
    with clip.open("rb") as content:
        response = requests.post(
            f"{service.url}/api/v1/jobs",
            files={"file": (clip.name, content)},
            data={"job": json.dumps(job)},
            timeout=60,
        )
    response.raise_for_status()
    return str(response.json()["job_id"])


def wait_for_end(service: Service, job_id: str, *, every: float = POLL_SECONDS) -> dict[str, Any]:
    """Wait until the job is final; return its status, polled `every` so many seconds.

    Fifty requests a second take a tenth of a small machine from the job itself.
    """
    while not (status := service.get(f"/api/v1/jobs/{job_id}/status"))["finished"]:
        time.sleep(every)
    return dict(status)


def wait(service: Service, job_id: str, *, every: float = POLL_SECONDS) -> dict[str, Any]:
    """Wait until the job has completed; return its document. Any other end is an error."""
    status = wait_for_end(service, job_id, every=every)
    if status["state"] != "completed":
        raise RuntimeError(f"the job {job_id} is {status}")
    return dict(service.get(f"/api/v1/jobs/{job_id}"))
