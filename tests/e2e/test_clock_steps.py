"""The wall clock of a worker steps by an hour during a job, without effect."""

from datetime import timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.models import Job
from ffremote.jobs import store
from ffremote.states import JobState
from tests.chaos.clocks import LIBRARIES, MISSING, WallClock
from tests.support.service import Service
from tests.support.waiting import wait_for

HOUR = timedelta(hours=1)
SLOW = {"video": {"codec": "libx264", "preset": "veryslow", "scale": "1920:1080", "fps": 120}}
LEASE = {"FFREMOTE_LEASE_SECONDS": "3"}
HEARTBEATS = 8  # more than in a lease, at two a second


@pytest.mark.slow
@pytest.mark.skipif(not LIBRARIES, reason=MISSING)
def test_a_step_of_a_workers_wall_clock_loses_and_rescues_nothing(
    service: Service, session: Session, clip: Path, tmp_path: Path
) -> None:
    clock = WallClock(tmp_path / "clock")
    clock.step(timedelta())
    service.start_server()
    service.start_worker("--concurrency", "1", **LEASE, **clock.environ)
    job_id = service.submit(clip, **SLOW)
    service.wait_until(job_id, "running")
    service.start_worker("--concurrency", "1", **LEASE)  # it could rescue the other's job
    token = store.find(session, job_id).claim_token

    for ahead in (HOUR, -HOUR, timedelta()):
        clock.step(ahead)
        job = wait_for_lease(session, job_id, ahead)
        ready = requests.get(service.url.replace("/api/v1", "/readyz"), timeout=20)
        assert (job.state, job.claim_token, job.losses) == (JobState.RUNNING, token, 0)
        assert ready.status_code == 200, ready.text

    second = service.submit(clip)  # for the other worker, idle until now
    service.wait_until(second, "completed")
    requests.delete(f"{service.url}/jobs/{job_id}", timeout=20)


def wait_for_lease(session: Session, job_id: str, ahead: timedelta) -> Job:
    """Wait until a job's heartbeats have the stepped time, then for a lease of heartbeats."""

    def is_stepped() -> bool:
        heard = store.find(session, job_id).heartbeat_at
        return heard is not None and abs(heard - utc_now() - ahead) < HOUR / 2

    wait_for(is_stepped)
    target = store.find(session, job_id).heartbeats + HEARTBEATS
    wait_for(lambda: store.find(session, job_id).heartbeats >= target)
    return store.find(session, job_id)
