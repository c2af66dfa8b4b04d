"""Several files of a real FFmpeg are published together, or not at all when a worker dies."""

from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy.orm import Session

from ffremote.db.models import Job
from ffremote.files.storage import Storage
from ffremote.jobs import job_files, orphans, store
from ffremote.states import FailureReason
from tests.support.kept_files import files_path
from tests.support.paths import CHECKOUT
from tests.support.service import Service
from tests.support.waiting import wait_for

PLANNER = str(CHECKOUT / "tests" / "support" / "package_worker")
PACKAGE = {"labels": {"package": "segments"}}
STEPS = [
    "before the files are moved",
    "when the files were moved",
    "before a file is synced",
    "when the files were hashed",
    "before the job completes",
    "when the job has completed",
]
TAMPERINGS = [
    "a link to the input",
    "a link to a file of the system",
    "a link to nothing",
    "a second name of the input",
    "a second name of the playlist",
    "a fifo",
    "a directory",
    "nothing",
]


def start(service: Service, **environ: str) -> None:
    """Start a server, and a worker that plans packages."""
    path = f"{PLANNER}:{service.environ['PYTHONPATH']}"
    service.start_server()
    service.start_worker("--concurrency", "1", PYTHONPATH=path, **environ)


def files_of(service: Service, job_id: str) -> dict[str, Any]:
    response = requests.get(f"{service.url}/jobs/{job_id}/files", timeout=20)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def left_files(storage: Storage, job: Job) -> list[str]:
    """Return the entries of a job's directory, without its log and its input."""
    names = [path.name for path in storage.job_dir(job.id).iterdir()]
    return sorted(name for name in names if name not in ("input", f"{job.log_token}.log"))


@pytest.mark.slow
def test_segments_are_published_with_their_playlist(
    service: Service, session: Session, storage: Storage, clip: Path
) -> None:
    start(service)

    job_id = service.submit(clip, **PACKAGE)
    service.wait_until(job_id, "completed")

    job = store.find(session, job_id)
    items = files_of(service, job_id)["items"]
    assert [each["name"] for each in items] == [
        "list.m3u8",
        *(f"s{number:05}.ts" for number in range(10)),
    ]
    assert sum(each["bytes"] for each in items) == job.result_bytes
    wait_for(lambda: left_files(storage, job) == [f"{job.result_token}.files"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "step",
    [STEPS[1], *(pytest.param(each, marks=pytest.mark.wide) for each in STEPS if each != STEPS[1])],
)
def test_a_worker_killed_while_it_publishes_leaves_nothing_half_published(
    service: Service, session: Session, storage: Storage, clip: Path, tmp_path: Path, step: str
) -> None:
    start(service, FFREMOTE_TEST_DIE=step, FFREMOTE_TEST_ONCE=str(tmp_path / "died"))

    job_id = service.submit(clip, **PACKAGE)
    service.wait_until(job_id, "completed")
    orphans.sweep(session, storage)

    job = store.find(session, job_id)
    assert (tmp_path / "died").exists()
    assert (job.losses, job.attempt) == ((0, 1) if step == STEPS[-1] else (1, 2))
    wait_for(lambda: left_files(storage, job) == [f"{job.result_token}.files"])
    published = files_path(storage, job_id, str(job.result_token))
    assert len(list(published.iterdir())) == job_files.count(session, job_id) == 11


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [TAMPERINGS[0], *(pytest.param(each, marks=pytest.mark.wide) for each in TAMPERINGS[1:])],
)
def test_what_was_put_into_a_finished_package_fails_the_job(
    service: Service, session: Session, storage: Storage, clip: Path, kind: str
) -> None:
    start(service, FFREMOTE_TEST_TAMPER=kind)

    job_id = service.submit(clip, **PACKAGE)
    service.wait_until(job_id, "failed")

    job = store.find(session, job_id)
    assert job.error_reason is FailureReason.UNKNOWN
    assert "Nothing was published" in str(job.error_message)
    wait_for(lambda: left_files(storage, job) == [])  # the slot removes them after the job's end
    assert job_files.count(session, job_id) == 0
