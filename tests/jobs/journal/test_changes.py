"""Changes of jobs as rows: one for each change of a state, none for progress, told once."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db import database
from ffremote.db.journal.job_event import JobEvent
from ffremote.files.storage import Storage
from ffremote.jobs import claims, rescues, store
from ffremote.jobs.journal import changes
from ffremote.jobs.journal.changes import Follower, TooFar
from ffremote.ledger.values import ProgressUpdate, Result
from ffremote.states import JobState, Phase
from tests.support.both_databases import BOTH, database_url, template
from tests.support.builders import (
    WORKER,
    arriving_upload,
    claim_job,
    complete_upload,
    queue_for,
    queue_job,
    register_worker,
)

__all__ = ["BOTH", "database_url", "template"]


@pytest.fixture(autouse=True)
def worker(session: Session) -> None:
    """A registered worker, which holds the claims."""
    register_worker(session, worker_id=WORKER)


def told(follower: Follower, session: Session) -> list[tuple[str, JobState | None]]:
    return [(change.job_id, change.state) for change in follower.read(session)]


def add(session: Session, *ids: int, **values: object) -> None:
    """Add changes with these ids, as other transactions would."""
    with database.writing(session):
        for each in ids:
            session.add(JobEvent(id=each, job_id="x", **values))


def count(session: Session) -> int:
    with database.reading(session):
        return session.scalar(select(func.count()).select_from(JobEvent)) or 0


def test_each_change_of_a_state_is_told_once_and_progress_is_not(
    session: Session, storage: Storage
) -> None:
    follower = Follower(changes.newest_id(session))
    job = queue_job(session, storage)
    claim = claim_job(session)
    claims.report(session, claim, ProgressUpdate(Phase.TRANSCODING, 40, None))
    claims.record_plan(session, claim, command="ffmpeg", warnings=[], info={})
    claims.complete(session, claim, Result(1, "ab", {}))

    first, second = told(follower, session), told(follower, session)

    states = (JobState.QUEUED, JobState.RUNNING, JobState.COMPLETED)
    assert first == [(job.id, state) for state in states]
    assert second == []


def test_readiness_expiry_and_removal_are_told(session: Session, storage: Storage) -> None:
    job = queue_for(session, storage, upload := arriving_upload(session, storage))
    follower = Follower(changes.newest_id(session))

    complete_upload(session, storage, upload)
    store.request_cancel(session, job.id)
    with database.writing(session):
        session.execute(text("UPDATE jobs SET expired_at = :now"), {"now": "2026-01-01T00:00:00Z"})
    with database.writing(session):
        session.execute(text("DELETE FROM jobs"))

    assert told(follower, session) == [
        (job.id, JobState.QUEUED),
        (job.id, JobState.CANCELED),
        (job.id, JobState.CANCELED),
        (job.id, None),
    ]


def test_a_rescue_is_noted_as_a_loss(session: Session, storage: Storage) -> None:
    queue_job(session, storage)
    claim_job(session)

    rescues.rescue(session, rescues.holds(session)[0])

    with database.reading(session):
        lost = session.scalars(select(JobEvent.was_lost).order_by(JobEvent.id)).all()
    assert lost == [False, False, True]


def test_a_change_that_is_committed_after_a_later_one_is_told(session: Session) -> None:
    start = changes.newest_id(session)
    follower = Follower(start)
    add(session, start + 1, start + 4)
    first = [change.id for change in follower.read(session)]

    add(session, start + 2)

    assert first == [start + 1, start + 4]
    assert [change.id for change in follower.read(session)] == [start + 2]
    assert follower.position == start + 4


def test_too_many_changes_are_told_as_such_and_then_it_goes_on(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "READ", 2)
    follower = Follower(0)
    add(session, 11, 12, 13)

    with pytest.raises(TooFar):
        follower.read(session)
    add(session, 14)

    assert [change.id for change in follower.read(session)] == [14]


def test_old_changes_go_but_the_newest_and_ids_go_on(session: Session, storage: Storage) -> None:
    queue_job(session, storage)
    queue_job(session, storage)
    last = changes.newest_id(session)
    with database.writing(session):
        session.execute(update(JobEvent).values(at=utc_now() - timedelta(hours=2)))

    removed = changes.prune(session)
    queue_job(session, storage)

    assert removed == 1
    assert changes.newest_id(session) == last + 1


def test_more_changes_than_are_kept_go_whatever_their_age(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST", 2)
    add(session, 1, 2, 3, 4, 5)

    changes.prune(session)

    assert count(session) == 2


@pytest.mark.parametrize(("position", "ids"), [(10, [11, 12]), (12, []), (9, [10, 11, 12])])
def test_a_reader_goes_on_where_it_was(session: Session, position: int, ids: list[int]) -> None:
    add(session, 10, 11, 12)

    found = [change.id for change in changes.since(session, position)]

    assert [each for each in found if each > position] == ids


@pytest.mark.parametrize("position", [8, 13, -1])
def test_a_position_that_is_not_kept_is_refused(session: Session, position: int) -> None:
    with database.writing(session):
        session.execute(delete(JobEvent))
    add(session, 10, 11, 12)

    with pytest.raises(TooFar):
        changes.since(session, position)
