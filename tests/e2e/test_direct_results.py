"""A worker over HTTP whose server lets others use its bucket: files go there past the server."""

import hashlib
import shutil
import signal
import uuid
from pathlib import Path

import pytest
import requests

from tests.support.remote_workers import RemoteWorker, worker_token
from tests.support.s3_servers import S3Server
from tests.support.service import Service
from tests.support.waiting import wait_for

SMALL = {"codec": "libx264", "preset": "ultrafast", "scale": "64:36"}
PACKAGE = {"type": "segments", "seconds": 0.5, "container": "ts", "list": "m3u8"}


@pytest.fixture
def worker(service: Service, seaweedfs: S3Server, tmp_path: Path) -> RemoteWorker:
    """A worker that is not started, and knows neither the bucket nor its credentials."""
    service.environ |= {
        **seaweedfs.environ,
        "FFREMOTE_STORAGE_URL": seaweedfs.url(f"e2e/{uuid.uuid4().hex}"),
        "FFREMOTE_DOWNLOADS": "redirect",
    }
    service.start_server()
    made = RemoteWorker(service, tmp_path / "worker", worker_token(service, "attic"))
    shutil.copytree(service.data_dir / "cache", made.data / "cache")
    return made


@pytest.mark.slow
def test_input_and_result_go_to_the_bucket_and_a_package_through_the_server(
    service: Service, worker: RemoteWorker, clip: Path
) -> None:
    child = worker.start_working("--concurrency", "1")

    one = service.submit(clip, video=SMALL)
    package = service.submit(clip, output_filename="a.zip", video=SMALL, package=PACKAGE)
    for job_id in (one, package):
        service.wait_until(job_id, "completed")

    answer = requests.get(f"{service.url}/jobs/{one}/result", timeout=20)
    link = answer.history[0].headers["Location"]
    job = requests.get(f"{service.url}/jobs/{one}", timeout=20).json()
    assert "X-Amz-Signature" in link and link not in worker.text()
    assert hashlib.sha256(answer.content).hexdigest() == job["result"]["sha256"]
    assert "results go through the server" not in worker.text()
    files = requests.get(f"{service.url}/jobs/{package}/files", timeout=20).json()
    assert files["total"] > 1
    assert not list(service.data_dir.glob("jobs/*/*"))
    child.send_signal(signal.SIGTERM)
    assert child.wait(20) == 0
    wait_for(lambda: worker.files() == [])
