"""A job with several outputs, from the request to its files."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy.orm import Session

from ffremote.jobs import store
from tests.support.kept_files import files_path
from tests.support.service import Service

OUTPUTS: list[dict[str, Any]] = [
    {
        "output_filename": "small.mp4",
        "video": {"codec": "libx264", "preset": "ultrafast", "scale": "64:36"},
    },
    {"output_filename": "sound.flac", "video": False},
    {"output_filename": "poster.jpg", "thumbnail": {"at": 0.2}},
]


def test_all_outputs_of_a_job_are_its_files(running: Service, rows: Session, clip: Path) -> None:
    job_id = running.submit(clip, outputs=OUTPUTS)
    running.wait_until(job_id, "completed")

    items = requests.get(f"{running.url}/jobs/{job_id}/files", timeout=20).json()["items"]
    assert [(each["name"], each["content_type"]) for each in items] == [
        ("small.mp4", "video/mp4"),
        ("sound.flac", "audio/flac"),
        ("poster.jpg", "image/jpeg"),
    ]
    assert items[1]["duration"] == pytest.approx(2, abs=0.2)
    row = store.find(rows, job_id)
    folder = files_path(running.storage, job_id, str(row.result_token))
    digests = [hashlib.sha256((folder / str(n)).read_bytes()).hexdigest() for n in range(3)]
    assert digests == [each["sha256"] for each in items]
    assert row.output_filename == "small.mp4"
    assert row.result_facts is not None
    assert [each["streams"][0]["kind"] for each in row.result_facts["outputs"]] == [
        "video",
        "audio",
        "video",
    ]
