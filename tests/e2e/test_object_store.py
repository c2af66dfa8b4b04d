"""A server and a worker that keep whole files in a bucket."""

import hashlib
import io
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from ffremote.depot.s3.depot import S3Depot
from tests.support.s3_servers import S3Server
from tests.support.service import Service
from tests.support.waiting import wait_for

SMALL = {"codec": "libx264", "preset": "ultrafast", "scale": "64:36"}
PREFIX = f"e2e/{uuid.uuid4().hex}"


@pytest.fixture
def objects(
    service: Service, seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[S3Depot]:
    """The bucket of `service`, as a program beside it sees it."""
    service.environ |= {**seaweedfs.environ, "FFREMOTE_STORAGE_URL": seaweedfs.url(PREFIX)}
    for name, value in seaweedfs.environ.items():
        monkeypatch.setenv(name, value)
    yield S3Depot(seaweedfs.address(f"{PREFIX}/"))


@contextmanager
def on_the_disk(service: Service) -> Iterator[None]:
    """Run the programs without the bucket, as before somebody set it."""
    url = service.environ.pop("FFREMOTE_STORAGE_URL")
    yield
    service.environ["FFREMOTE_STORAGE_URL"] = url


def sent(service: Service, job_id: str, **headers: str) -> requests.Response:
    return requests.get(f"{service.url}/jobs/{job_id}/result", headers=headers, timeout=60)


def whole_files_in(service: Service) -> list[Path]:
    names = ("uploads/*/data", "jobs/*/*.result", "jobs/*/*.files/*")
    return [path for name in names for path in service.data_dir.glob(name)]


@pytest.mark.slow
def test_files_are_in_the_bucket_and_come_through_the_server(
    service: Service, objects: S3Depot, clip: Path
) -> None:
    with on_the_disk(service):
        first = service.start_server()
        worker = service.start_worker("--once")
        before = service.submit(clip, video=SMALL)
        service.wait_until(before, "completed")
        first.terminate()
        wait_for(lambda: (first.poll(), worker.poll()) != (None, None))
    service.start_server()
    service.start_worker("--concurrency", "1")

    one = service.submit(clip, video=SMALL)
    package = {"type": "segments", "seconds": 0.5, "container": "ts", "list": "m3u8"}
    several = service.submit(clip, output_filename="a.zip", video=SMALL, package=package)
    for job_id in (one, several):
        service.wait_until(job_id, "completed")

    result = sent(service, one)
    sha256 = hashlib.sha256(result.content).hexdigest()
    etag = f'"{sha256}"'
    assert result.headers["ETag"] == etag
    assert "Repr-Digest" in result.headers
    head = requests.head(f"{service.url}/jobs/{one}/result", timeout=60)
    assert head.headers["Content-Length"] == str(len(result.content))
    part = sent(service, one, Range="bytes=100-299")
    assert (part.status_code, part.content) == (206, result.content[100:300])
    stale = {"Range": "bytes=1-", "If-Range": '"x"'}
    assert sent(service, one, **stale).content == result.content
    assert sent(service, one, **{"If-None-Match": etag}).status_code == 304
    assert sent(service, one, Range=f"bytes={len(result.content)}-").status_code == 416
    archive = zipfile.ZipFile(io.BytesIO(sent(service, several).content))
    assert archive.testzip() is None
    assert len(archive.namelist()) > 3
    assert sent(service, before).status_code == 200
    kept = {entry.key.partition("/")[0] for entry in objects.listed("jobs")}
    assert kept == {"jobs"}
    assert len(list(objects.listed("uploads"))) == 2
    assert {path.parts[-2] for path in whole_files_in(service)} <= {
        before,
        *(path.parts[-2] for path in service.data_dir.glob("uploads/*/data")),
    }
    assert len(whole_files_in(service)) == 2

    for job_id in (one, several):
        gone = requests.delete(f"{service.url}/jobs/{job_id}/result", timeout=60)
        assert gone.status_code == 204
        assert sent(service, job_id).status_code == 410
    assert list(objects.listed("jobs")) == []
