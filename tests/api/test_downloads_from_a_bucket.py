"""Downloads of what is in a bucket: through the server, by nginx, by a redirect; with a real S3."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db.models import Job
from ffremote.depot import keys
from ffremote.files.opening import open_storage
from ffremote.files.storage import Storage
from ffremote.jobs import store
from ffremote_cli import Client
from tests.api.test_nginx import CONDITIONS, ENTRY, SECRET, get
from tests.support.buckets import in_bucket
from tests.support.builders import queue_job, update_row
from tests.support.nginx import documented, running
from tests.support.s3_servers import S3Server
from tests.support.server_processes import Running
from tests.support.worker_steps import RESULT, SHA, complete

HEADERS = ("ETag", "Repr-Digest", "Content-Type", "Content-Disposition", "Accept-Ranges")


@pytest.fixture
def settings(settings: Settings, seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a bucket, whose credentials are in the environment."""
    return in_bucket(settings, seaweedfs, monkeypatch)


@pytest.fixture
def far(settings: Settings) -> Storage:
    """The storage with the bucket."""
    made = open_storage(settings)
    made.prepare()
    return made


@pytest.fixture
def job(session: Session, far: Storage) -> Job:
    """A completed job, whose result is in the bucket."""
    queued = queue_job(session, far)
    claim = complete(session, far)
    name = keys.result(claim.job_id, claim.token)
    update_row(session, Job, queued.id, result_object=name)
    return store.find(session, queued.id)


def serving(
    settings: Settings, child_environ: dict[str, str], seaweedfs: S3Server, log: Path, **more: str
) -> Running:
    """A server with the bucket."""
    environ = child_environ | seaweedfs.environ | {"FFREMOTE_TOKENS": ENTRY}
    return Running("ours", environ | {"FFREMOTE_STORAGE_URL": settings.storage_url} | more, log)


@pytest.fixture
def nginx(
    settings: Settings, child_environ: dict[str, str], seaweedfs: S3Server, tmp_path: Path
) -> Iterator[str]:
    """The URL of an nginx in front of a server; what both log is in `tmp_path`."""
    more = {"FFREMOTE_DOWNLOADS": "nginx", "FFREMOTE_ACCEL_PREFIX": "/_files/"}
    server = serving(settings, child_environ, seaweedfs, tmp_path / "server.log", **more)
    server.start()
    pages = ("transfers.md", "fleet.md")
    locations = "\n".join(documented(page, server.url, settings.data_dir) for page in pages)
    with running(tmp_path / "nginx", locations) as url:
        yield url
    server.kill()


@pytest.fixture
def redirecting(
    settings: Settings, child_environ: dict[str, str], seaweedfs: S3Server, tmp_path: Path
) -> Iterator[str]:
    """The URL of a server that redirects."""
    log = tmp_path / "server.log"
    server = serving(settings, child_environ, seaweedfs, log, FFREMOTE_DOWNLOADS="redirect")
    server.start()
    yield server.url
    server.kill()


def path_of(job: Job) -> str:
    return f"/api/v1/jobs/{job.id}/result"


def test_nginx_gets_it_from_the_bucket_and_the_answers_stay_ours(
    nginx: str, job: Job, far: Storage, seaweedfs: S3Server, tmp_path: Path
) -> None:
    head = requests.head(f"{nginx}{path_of(job)}", headers={"Authorization": f"Bearer {SECRET}"})
    whole = get(f"{nginx}{path_of(job)}")

    assert (whole.status_code, whole.content) == (200, RESULT)
    for name in HEADERS:
        assert (name, whole.headers[name]) == (name, head.headers[name])
    assert whole.headers["ETag"] == f'"{SHA}"'
    for headers, status, body in CONDITIONS:
        response = get(f"{nginx}{path_of(job)}", **headers)
        assert (headers, response.status_code, response.content) == (headers, status, body)
    with Client(nginx, token=SECRET) as client:
        assert client.download(job.id, tmp_path / "out.mp4").sha256 == SHA
    with seaweedfs.frozen():
        pass
    far.depot.remove(keys.result(job.id, job.result_token or ""))
    assert get(f"{nginx}{path_of(job)}").status_code == 410
    logs = [*(tmp_path / "nginx").glob("*.log"), tmp_path / "server.log"]
    assert not any("X-Amz-" in log.read_text() for log in logs)


@pytest.mark.slow
def test_a_client_follows_the_redirect_and_gets_what_the_server_said(
    redirecting: str, job: Job, tmp_path: Path
) -> None:
    url = f"{redirecting}{path_of(job)}"
    headers = {"Authorization": f"Bearer {SECRET}"}

    answer = requests.get(url, headers=headers, allow_redirects=False, timeout=10)
    part = requests.get(url, headers={**headers, "Range": "bytes=10-19"}, timeout=10)
    with Client(redirecting, token=SECRET) as client:
        done = client.download(job.id, tmp_path / "out.mp4")

    assert answer.status_code == 307
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Amz-Expires=900" in answer.headers["Location"]
    assert SECRET not in answer.headers["Location"]
    assert (part.status_code, part.content) == (206, RESULT[10:20])
    assert done.sha256 == SHA
    assert "X-Amz-" not in (tmp_path / "server.log").read_text()
