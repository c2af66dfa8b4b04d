"""The progress of running jobs: that of the newest, and of those that a page shows besides."""

import pytest
from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from ffremote.jobs.journal import live
from tests.support.both_databases import BOTH, database_url, template
from tests.support.builders import WORKER, claim_job, queue_job, register_worker

__all__ = ["BOTH", "database_url", "template"]


@pytest.mark.parametrize("most_named", [0, 500])
def test_only_the_newest_and_those_asked_for_are_read(
    session: Session, storage: Storage, monkeypatch: pytest.MonkeyPatch, most_named: int
) -> None:
    monkeypatch.setattr(live, "MOST_NAMED", most_named)
    register_worker(session, worker_id=WORKER, concurrency=4)
    jobs = [queue_job(session, storage) for _ in range(5)]
    running = [claim_job(session).job_id for _ in jobs[:4]]
    waiting = jobs[4].id

    found = live.running(session, newest=2, besides={running[0], running[3], waiting})

    assert [job.id for job in found] == [running[3], running[2], running[0]]
    assert [job.id for job in live.running(session, newest=2)] == [running[3], running[2]]
