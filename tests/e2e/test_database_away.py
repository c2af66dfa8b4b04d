"""A PostgreSQL that is away, or hangs, for longer than a lease costs a running job nothing."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy.orm import Session

from ffremote.db import database
from ffremote.db.models import Job
from ffremote.jobs import store
from ffremote.states import JobState
from tests.chaos.clocks import LIBRARIES, MISSING, WallClock
from tests.support import postgresql
from tests.support.postgresql import Cluster
from tests.support.service import Service, family_of, transcoding
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(postgresql.missing() is not None, reason=str(postgresql.missing())),
]
SLOW = {"video": {"codec": "libx264", "preset": "veryslow", "scale": "1920:1080", "fps": 240}}
LEASE_SECONDS = 3.0
LEASE = {"FFREMOTE_LEASE_SECONDS": str(LEASE_SECONDS)}


@pytest.fixture
def cluster(service: Service, tmp_path: Path) -> Iterator[Cluster]:
    """A PostgreSQL of its own for the service."""
    with postgresql.running() as made:
        postgresql.migrate(made.url, tmp_path / "migrating")
        service.environ["FFREMOTE_DATABASE_URL"] = made.url
        yield made
        service.stop()


@pytest.fixture
def session(cluster: Cluster) -> Iterator[Session]:
    """A session on the cluster."""
    engine = database.open_engine(cluster.url)
    with database.session_maker(engine)() as opened:
        yield opened
    engine.dispose()


def is_running(pid: int | None) -> bool:
    return Path(f"/proc/{pid}/cmdline").exists()


@contextmanager
def frozen(cluster: Cluster) -> Iterator[None]:
    """Stop all processes of a cluster, so that it answers nothing and refuses nothing."""
    postmaster = int((Path(cluster.home) / "data/postmaster.pid").read_text().split()[0])
    pids = family_of(postmaster)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def wait_longer_than_a_lease(service: Service, times: int) -> None:
    """Wait until a running job's worker said so many times that it heard nothing for 5 s."""
    wait_for(lambda: len(re.findall(r"no answer for \d+ s", service.text())) >= times)


def test_a_running_job_outlives_an_outage_longer_than_its_lease_at_no_charge(
    service: Service, cluster: Cluster, session: Session, clip: Path
) -> None:
    service.start_server()
    for _ in range(2):  # the idle one could rescue the other's job
        service.start_worker("--concurrency", "1", **LEASE)
    job_id = service.submit(clip, **SLOW)
    before = transcoding(session, job_id)

    cluster.stop()
    wait_longer_than_a_lease(service, 1)
    cluster.start()
    heard = wait_for_heartbeats(session, before)
    with frozen(cluster):
        wait_longer_than_a_lease(service, 2)
    after = wait_for_heartbeats(session, heard)

    assert (after.claim_token, after.pid) == (before.claim_token, before.pid)
    assert (after.attempt, after.losses) == (1, 0)
    requests.delete(f"{service.url}/jobs/{job_id}", timeout=20)
    wait_for(lambda: not is_running(before.pid))


def wait_for_heartbeats(session: Session, job: Job) -> Job:
    """Wait for a lease of heartbeats after those of `job`; return the row."""

    def there() -> Job | None:
        found = store.find(session, job.id)
        assert not found.state.is_final, (found.state, found.error_details)
        return found if found.heartbeats > job.heartbeats + LEASE_SECONDS / 0.5 else None

    found: Job = wait_for(there)
    session.expunge(found)
    return found


def test_a_worker_stops_at_once_while_its_database_hangs(
    service: Service, cluster: Cluster, session: Session, clip: Path
) -> None:
    service.start_server()
    worker = service.start_worker("--concurrency", "2", **LEASE)
    job_id = service.submit(clip, **SLOW)
    running = transcoding(session, job_id)

    with frozen(cluster):
        worker.send_signal(signal.SIGQUIT)
        wait_for(lambda: not is_running(running.pid))
        wait_for(lambda: worker.poll() is not None)

    service.start_worker("--concurrency", "1", **LEASE)
    wait_for(lambda: store.find(session, job_id).claim_token != running.claim_token)
    assert store.find(session, job_id).state in (JobState.QUEUED, JobState.RUNNING)


@pytest.mark.wide
@pytest.mark.skipif(not LIBRARIES, reason=MISSING)
@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_worker_elsewhere_whose_clock_is_wrong_is_alive(
    service: Service, cluster: Cluster, tmp_path: Path, ahead: timedelta
) -> None:
    """Its heartbeats have the database's time."""
    clock = WallClock(tmp_path / "clock")
    clock.step(ahead)
    service.start_server()

    service.start_worker_elsewhere("--concurrency", "1", **LEASE, **clock.environ)

    ready = requests.get(service.url.replace("/api/v1", "/readyz"), timeout=20)
    assert ready.status_code == 200, ready.text


def test_an_idle_worker_drains_while_its_database_hangs(service: Service, cluster: Cluster) -> None:
    worker = service.start_worker("--concurrency", "1", **LEASE)

    with frozen(cluster):
        worker.send_signal(signal.SIGTERM)
        wait_for(lambda: worker.poll() is not None)

    assert worker.returncode == 0
