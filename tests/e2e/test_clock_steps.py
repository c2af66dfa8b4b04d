"""The wall clock of a worker jumps by an hour while it works, and nobody minds."""

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
BEATS = 8  # more than a lease of them, at two a second


@pytest.mark.slow
@pytest.mark.skipif(not LIBRARIES, reason=MISSING)
def test_a_step_of_a_workers_wall_clock_loses_nothing_and_alarms_nobody(
    service: Service, session: Session, clip: Path, tmp_path: Path
) -> None:
    clock = WallClock(tmp_path / "clock")
    clock.step(timedelta())
    service.start_server()
    service.start_worker("--concurrency", "1", **LEASE, **clock.environ)
    job_id = service.submit(clip, **SLOW)
    service.wait_until(job_id, "running")
    service.start_worker("--concurrency", "1", **LEASE)  # who might think the other dead
    token = store.find(session, job_id).claim_token

    for ahead in (HOUR, -HOUR, timedelta()):
        clock.step(ahead)
        job = beats_later(session, job_id, ahead)
        ready = requests.get(service.url.replace("/api/v1", "/readyz"), timeout=20)
        assert (job.state, job.claim_token, job.losses) == (JobState.RUNNING, token, 0)
        assert ready.status_code == 200, ready.text

    second = service.submit(clip)  # the other worker has had nothing to do until now
    service.wait_until(second, "completed")
    requests.delete(f"{service.url}/jobs/{job_id}", timeout=20)


def beats_later(session: Session, job_id: str, ahead: timedelta) -> Job:
    """Wait until a job's heartbeats carry the stepped time, then for a lease of heartbeats."""

    def is_stepped() -> bool:
        heard = store.find(session, job_id).heartbeat_at
        return heard is not None and abs(heard - utc_now() - ahead) < HOUR / 2

    wait_for(is_stepped)
    target = store.find(session, job_id).heartbeats + BEATS
    wait_for(lambda: store.find(session, job_id).heartbeats >= target)
    return store.find(session, job_id)
