"""Pictures as a tar archive, with real programs: the result, what is left on the disk, refusals."""

import json
import subprocess
from pathlib import Path
from typing import Any

import requests
from sqlalchemy.orm import Session

from ffremote.jobs import store
from tests.support.picture_archives import archive_of, png
from tests.support.service import Service
from tests.support.waiting import wait_for

PICTURES = [png(64, 48, 10 * number) for number in range(10)]


def submit(service: Service, archive: bytes, **job: Any) -> str:
    named = {"output_filename": "out.mp4", "input": {"role": "sequence", "fps": "5"}, **job}
    parts = {"job": (None, json.dumps(named)), "file": ("pictures.tar", archive)}
    response = requests.post(f"{service.url}/jobs", files=parts, timeout=20)
    assert response.status_code == 202, response.text
    return str(response.json()["job_id"])


def test_the_archive_of_plain_tar_becomes_a_video(
    running: Service, rows: Session, tmp_path: Path
) -> None:
    for number, picture in enumerate(PICTURES):
        (tmp_path / f"img{number:03d}.png").write_bytes(picture)
    argv = "tar --format=ustar -cf pictures.tar img*.png"
    subprocess.run(argv, shell=True, cwd=tmp_path, check=True)
    job_id = submit(running, (tmp_path / "pictures.tar").read_bytes())
    running.wait_until(job_id, "completed")

    job = requests.get(f"{running.url}/jobs/{job_id}", timeout=20).json()
    assert job["input"]["pictures"] == 10
    assert job["result"]["duration"] == 2.0
    assert "/sequence0/%08d.png" in job["command"]
    assert store.find(rows, job_id).needs.split()[-1] == "sequence"
    folder = Path(running.environ["FFREMOTE_DATA_DIR"]) / "jobs" / job_id
    wait_for(lambda: not list(folder.rglob("*.png")))  # the slot removes them after the job's end


def test_a_refused_archive_leaves_no_picture(running: Service) -> None:
    job_id = submit(running, archive_of([*PICTURES, b"no picture"]))
    failed = running.wait_until(job_id, "failed")

    assert failed["error"]["message"].startswith("Picture 11 of the archive (img010.png) is no")
    assert failed["error"]["details"]["reason"] == "unsupported_input"
    folder = Path(running.environ["FFREMOTE_DATA_DIR"]) / "jobs" / job_id
    wait_for(lambda: not list(folder.rglob("*.png")))  # the slot removes them after the job's end
