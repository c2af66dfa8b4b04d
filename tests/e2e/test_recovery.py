"""A lost job runs again, and a worker whose claim was lost can change nothing any more.

`./run chaos` measures how soon it runs again.
"""

import hashlib
import os
import signal
import time
from pathlib import Path

import pytest
import requests
from sqlalchemy.orm import Session

from ffremote.db.models import Job
from ffremote.files.storage import Storage
from ffremote.jobs import store, workers
from ffremote.states import JobState
from tests.support.service import Service, family_of, parent_of, transcoding
from tests.support.waiting import wait_for

SLOW = {"video": {"codec": "libx264", "preset": "veryslow", "scale": "1920:1080", "fps": 120}}
SHORT = {"video": {"codec": "libx264", "preset": "slow", "scale": "1280:720", "fps": 60}}
LEASE_SECONDS = 3.0
LEASE = {"FFREMOTE_LEASE_SECONDS": str(LEASE_SECONDS)}
LONG_LEASE = {"FFREMOTE_LEASE_SECONDS": "900"}  # no job is rescued for missing heartbeats


def wait_until_it_runs_again(session: Session, lost: Job) -> None:
    """Wait until a job runs under another token than that of `lost`."""

    def again() -> bool:
        job = store.find(session, lost.id)
        return job.state is JobState.RUNNING and job.claim_token != lost.claim_token

    wait_for(again)


def cancel(service: Service, job_id: str) -> None:
    requests.delete(f"{service.url}/jobs/{job_id}", timeout=20)


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["worker", pytest.param("slot", marks=pytest.mark.wide)])
def test_a_killed_holders_job_runs_again_without_waiting_for_a_lease(
    service: Service, session: Session, clip: Path, victim: str
) -> None:
    """The free lock of the holder proves its death; another worker or slot claims the job."""
    service.start_server()
    service.start_worker("--concurrency", "2" if victim == "slot" else "1", **LONG_LEASE)
    job_id = service.submit(clip, **SLOW)
    lost = transcoding(session, job_id)
    [worker] = workers.by_ids(session, [str(lost.worker_id)])
    if victim == "worker":
        service.start_worker("--concurrency", "1", **LONG_LEASE)
    pid = worker.pid if victim == "worker" else parent_of(lost.pid)

    os.kill(pid, signal.SIGKILL)

    wait_until_it_runs_again(session, lost)
    assert store.find(session, job_id).losses == 1
    cancel(service, job_id)


@pytest.mark.slow
def test_a_killed_workers_job_runs_on_another_host_after_a_lease(
    service: Service, session: Session, clip: Path
) -> None:
    service.start_server()
    victim = service.start_worker_elsewhere("--concurrency", "1", **LEASE)
    job_id = service.submit(clip, **SLOW)
    lost = transcoding(session, job_id)
    service.start_worker("--concurrency", "1", **LEASE)

    victim.kill()
    killed = time.monotonic()
    wait_until_it_runs_again(session, lost)
    taken = time.monotonic() - killed

    assert taken > LEASE_SECONDS - 1  # its last heartbeat was before the kill
    cancel(service, job_id)


@pytest.mark.slow
def test_a_worker_with_another_data_directory_leaves_a_running_job_alone(
    service: Service, session: Session, clip: Path, tmp_path: Path
) -> None:
    """Two containers on one kernel, each with a volume of its own, on one database."""
    service.start_server()
    service.start_worker("--concurrency", "1", **LEASE)
    job_id = service.submit(clip, **SLOW)
    before = transcoding(session, job_id)
    database = f"sqlite:///{service.environ['FFREMOTE_DATA_DIR']}/ffremote.db"
    other = {"FFREMOTE_DATA_DIR": str(tmp_path / "other"), "FFREMOTE_DATABASE_URL": database}

    service.start_worker("--concurrency", "1", **LEASE, **other)
    enough = before.heartbeats + 2 * LEASE_SECONDS / 0.5
    wait_for(lambda: store.find(session, job_id).heartbeats > enough)

    after = store.find(session, job_id)
    assert (after.claim_token, after.pid, after.losses) == (before.claim_token, before.pid, 0)
    cancel(service, job_id)


@pytest.mark.slow
@pytest.mark.parametrize(
    "when",
    ["after another has finished", pytest.param("while another works", marks=pytest.mark.wide)],
)
def test_a_suspended_worker_on_another_host_can_change_nothing_any_more(
    service: Service, session: Session, storage: Storage, clip: Path, when: str
) -> None:
    service.start_server()
    suspended = service.start_worker_elsewhere("--concurrency", "1", **LEASE)
    job_id = service.submit(clip, **SHORT)
    lost = transcoding(session, job_id)
    processes = family_of(suspended.pid)
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)

    service.start_worker("--concurrency", "1", **LEASE)
    wait_until_it_runs_again(session, lost)
    if when == "after another has finished":
        service.wait_until(job_id, "completed")
    before = store.find(session, job_id)
    session.expunge(before)
    kept = files(storage.job_dir(job_id), without=str(lost.claim_token))
    for pid in reversed(processes):
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: not storage.attempt_dir(job_id, str(lost.claim_token)).exists())
    service.wait_until(job_id, "completed")

    after = store.find(session, job_id)
    winner = before.claim_token or before.result_token
    left = files(storage.job_dir(job_id), without=str(lost.claim_token))
    assert (after.attempt, after.losses, after.result_token) == (2, 1, winner)
    assert left[f"{winner}.result"] == after.result_sha256
    if before.state is JobState.COMPLETED:
        assert columns(after) == columns(before)
        assert left == kept


def columns(job: Job) -> dict[str, object]:
    return {column.name: getattr(job, column.name) for column in Job.__table__.columns}


def files(directory: Path, *, without: str) -> dict[str, str]:
    """Return the sha256 of each file, except those with a token in their name."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file() and without not in str(path)
    }
