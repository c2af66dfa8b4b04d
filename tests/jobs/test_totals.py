"""Totals of jobs by state: exact at every moment, and without a lock that claims wait for."""

import threading

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from ffremote.db import database
from ffremote.db.journal.job_change import job_changes
from ffremote.db.models import Job, JobTotal
from ffremote.files.storage import Storage
from ffremote.jobs import claims, queries, totals
from ffremote.jobs.lists import pages
from ffremote.jobs.lists.filters import Filter
from ffremote.states import JobState
from tests.support.both_databases import BOTH
from tests.support.builders import WORKER, claim_job, queue_job, register_worker


@pytest.fixture(autouse=True)
def worker(session: Session) -> None:
    """A registered worker, which holds the claims."""
    register_worker(session, worker_id=WORKER)


def stored(session: Session) -> dict[JobState, int]:
    """Return what `job_totals` alone says, without states of no job."""
    with database.reading(session):
        return {row.state: row.total for row in session.scalars(select(JobTotal)) if row.total}


def counted(session: Session) -> dict[JobState, int]:
    return {state: total for state, total in totals.by_state(session).items() if total}


def test_a_fold_changes_no_total(session: Session, storage: Storage) -> None:
    for _ in range(3):
        queue_job(session, storage)
    claims.complete(session, claim_job(session), claims.Result(1, "ab", {}))
    claim_job(session)
    before = counted(session)

    totals.fold(session)
    totals.fold(session)

    after = counted(session)
    assert before == after == stored(session)
    assert after == {JobState.QUEUED: 1, JobState.RUNNING: 1, JobState.COMPLETED: 1}
    with database.reading(session):
        assert session.execute(select(job_changes)).all() == []


def test_totals_are_numbers(session: Session, storage: Storage) -> None:
    queue_job(session, storage)

    page = pages.newest(session, Filter((JobState.QUEUED, JobState.RUNNING)))

    values = [page.total, queries.count_queued(session), *totals.by_state(session).values()]
    assert {type(value) for value in values} == {int}


def test_totals_are_exact_while_folds_and_claims_go_on(
    engine: Engine, session: Session, storage: Storage
) -> None:
    for _ in range(20):
        queue_job(session, storage)
    seen: list[int] = []
    over = threading.Event()

    def fold() -> None:
        with database.session_maker(engine)() as own:
            while not over.is_set():
                totals.fold(own)
                seen.append(sum(totals.by_state(own).values()))

    folding = threading.Thread(target=fold)
    folding.start()
    for _ in range(20):
        claim = claim_job(session)
        claims.release(session, claim, message="back")
        claims.complete(session, claim_job(session), claims.Result(1, "ab", {}))
    over.set()
    folding.join()

    assert set(seen) == {20}
    assert counted(session) == {JobState.COMPLETED: 20}


@pytest.mark.parametrize("template", BOTH[1:], indirect=True)
def test_a_release_does_not_wait_for_a_claim_that_is_being_made(
    engine: Engine, session: Session, storage: Storage
) -> None:
    held = claim_job_of(session, storage)
    queue_job(session, storage)
    with database.session_maker(engine)() as other, database.writing(other):
        other.execute(
            update(Job)
            .where(Job.state == JobState.QUEUED)
            .values(state=JobState.RUNNING, claim_token="t" * 32)
        )

        released = claims.release(session, held, message="back")

    assert released
    assert counted(session) == {JobState.QUEUED: 1, JobState.RUNNING: 1}


def claim_job_of(session: Session, storage: Storage) -> claims.Claim:
    queue_job(session, storage)
    return claim_job(session)
