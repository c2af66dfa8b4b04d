"""Two servers and a worker, each with a data directory of its own, on one PostgreSQL and bucket."""

import base64
import io
import json
import random
import shutil
import signal
import struct
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.databases import PostgresqlTemplate
from tests.support.s3_servers import S3Server
from tests.support.service import Service, environ_of
from tests.support.waiting import wait_for

MIB = 1 << 20
PART = 5 * MIB
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
JOB = {
    "output_filename": "out.zip",
    "package": {"type": "segments", "seconds": 0.5, "container": "ts", "list": "m3u8"},
    "video": {"codec": "libx264", "preset": "placebo", "scale": "1280:720"},
}


@pytest.fixture
def hosts(
    cluster: PostgresqlTemplate, seaweedfs: S3Server, migrated: Path, tmp_path: Path
) -> Iterator[list[Service]]:
    """Three hosts without programs."""
    url = cluster.copy(tmp_path)
    bucket = seaweedfs.url(f"fleet/{uuid.uuid4().hex}")
    shared = {"FFREMOTE_DATABASE_URL": url, "FFREMOTE_STORAGE_URL": bucket, **seaweedfs.environ}
    made = []
    for name in ("a", "b", "worker"):
        directory = tmp_path / name / "data"
        shutil.copytree(migrated / "cache", directory / "cache")
        made.append(Service(environ_of(directory) | shared, tmp_path / f"{name}.log"))
    yield made
    for each in made:
        each.stop()
    cluster.drop(url)


@pytest.fixture
def film(clip: Path) -> bytes:
    """A film that is larger than two parts: an MP4 may end with bytes that mean nothing."""
    size = 2 * PART + 3 * MIB
    return clip.read_bytes() + struct.pack(">I4s", size + 8, b"free") + random.randbytes(size)


def begin(server: Service, size: int) -> tuple[str, str]:
    """Create an upload with its job; return both ids."""
    text = base64.b64encode(json.dumps(JOB).encode()).decode()
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": f"job {text}"}
    created = requests.post(f"{server.url}/uploads", headers=headers, timeout=20)
    assert created.status_code == 201, created.text
    return created.json()["upload_id"], created.json()["job_id"]


def offset_of(server: Service, upload_id: str) -> int:
    answer = requests.head(f"{server.url}/uploads/{upload_id}", headers=TUS, timeout=20)
    return int(answer.headers["Upload-Offset"])


def send(server: Service, upload_id: str, offset: int, data: bytes) -> requests.Response:
    headers = {**PIECE, "Upload-Offset": str(offset)}
    url = f"{server.url}/uploads/{upload_id}"
    return requests.patch(url, data=data, headers=headers, timeout=60)


@pytest.mark.slow
def test_any_server_goes_on_with_an_upload_and_answers_for_its_job(
    hosts: list[Service], film: bytes
) -> None:
    first, second, third = hosts
    killed = first.start_server()
    second.start_server()
    third.start_worker("--concurrency", "1")
    upload_id, job_id = begin(first, len(film))

    begun = send(first, upload_id, 0, film[: PART + MIB])
    wait_for(lambda: offset_of(second, upload_id) >= PART)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    offset = offset_of(second, upload_id)

    def went_on() -> requests.Response | None:
        answer = send(second, upload_id, offset_of(second, upload_id), film[offset:])
        return None if answer.status_code == 423 else answer

    ended = wait_for(went_on)

    assert (begun.status_code, ended.status_code) == (204, 204)
    assert offset in (PART, PART + MIB)
    log = wait_for(lambda: _log_while_running(second, job_id))
    assert log.startswith("ffmpeg ")
    assert second.wait_until(job_id, "completed")["attempt"] == 1
    result = requests.get(f"{second.url}/jobs/{job_id}/result", timeout=60)
    archive = zipfile.ZipFile(io.BytesIO(result.content))
    assert archive.testzip() is None
    first.start_server()
    again = requests.get(f"{first.url}/jobs/{job_id}/result", timeout=60)
    assert again.content == result.content
    assert requests.get(f"{first.url}/jobs/{job_id}/log", timeout=60).text.startswith(log)
    leftovers = [path for each in hosts for path in each.data_dir.glob("jobs/*")]
    assert leftovers == []


def _log_while_running(server: Service, job_id: str) -> str | None:
    log = requests.get(f"{server.url}/jobs/{job_id}/log", timeout=20).text
    status: dict[str, Any] = server.status(job_id)
    assert not status["finished"], (status, server.text())
    return log if log and status["state"] == "running" else None
