"""A depot that does not answer: a worker gives the job back, a cleanup comes again."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.depot.local import LocalDepot
from ffremote.depot.protocol import DepotAway
from ffremote.files.storage import Storage
from ffremote.jobs import retention, store
from ffremote.states import JobState
from ffremote_worker import runner
from ffremote_worker.context import WorkerContext
from ffremote_worker.storage_watch import StorageWatch
from tests.support.builders import claim_job, finish_job, queue_job

HOUR = timedelta(hours=1)
AWAY = "The depot does not answer."


def test_a_job_is_released_and_none_is_claimed_until_the_depot_answers(
    settings: Settings, session: Session, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = WorkerContext.open(settings, sandbox="off")
    watch = StorageWatch(storage, min_free_bytes=0)
    queue_job(session, storage)
    claim = claim_job(session)
    for name in ("fetch", "check"):
        monkeypatch.setattr(LocalDepot, name, _refuse)

    runner.run(context, claim, watch=watch, wake_fd=-1, must_stop=bool)

    row = store.find(session, claim.job_id)
    assert (row.state, row.attempt, row.losses) == (JobState.QUEUED, 0, 0)
    assert AWAY in str(row.message)
    assert not watch.is_usable()
    monkeypatch.undo()
    assert watch.is_usable()


def _refuse(*_: object) -> None:
    raise DepotAway(AWAY)


def test_files_that_cannot_be_removed_now_are_removed_by_the_next_cleanup(
    session: Session, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = finish_job(session, storage, ago=25 * HOUR)
    monkeypatch.setattr(LocalDepot, "remove_all", _refuse)

    first = retention.expire_jobs(session, storage, ttl=24 * HOUR)
    row = store.find(session, old.id)
    was_removed = row.files_removed_at
    monkeypatch.undo()
    second = retention.expire_jobs(session, storage, ttl=24 * HOUR)

    assert (first, was_removed, second) == ([], None, [old.id])
    assert not storage.job_dir(old.id).exists()
