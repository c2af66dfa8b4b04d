"""Counters of what became of jobs: each end once, with its times, whoever counts."""

import threading

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db import database
from ffremote.db.journal.job_event import JobEvent
from ffremote.db.journal.sample import Sample
from ffremote.db.models import Job
from ffremote.files.storage import Storage
from ffremote.jobs import claims, rescues, store
from ffremote.jobs.journal import changes, counters, samples
from ffremote.ledger.values import Result
from ffremote.states import FailureReason
from tests.support.both_databases import database_url, template
from tests.support.builders import (
    CONTENT,
    WORKER,
    claim_job,
    queue_job,
    register_worker,
    update_row,
)

__all__ = ["database_url", "template"]


@pytest.fixture(autouse=True)
def worker(session: Session) -> None:
    """A registered worker, which holds the claims."""
    register_worker(session, worker_id=WORKER, host="box")


def settle(session: Session) -> None:
    """Make all changes so old that none can come before them."""
    with database.writing(session):
        session.execute(update(JobEvent).values(at=utc_now() - 2 * counters.SETTLED))


def counted(session: Session) -> dict[tuple[str, str], float]:
    """Return all counters that are not 0, by name and values of their labels."""
    return {
        (each.name, " ".join(each.labels.values())): each.value
        for each in counters.read(session)
        if each.value
    }


def end_three(session: Session, storage: Storage) -> None:
    """End a job as completed, one as failed after a loss, one as canceled."""
    for _ in range(2):
        queue_job(session, storage)
    done = claim_job(session)
    update_row(session, Job, done.job_id, started_at=utc_now() - 100 * samples.MINUTE)
    claims.complete(session, done, Result(7, "ab", {}))
    claim_job(session)
    rescues.rescue(session, rescues.holds(session)[0])
    claims.fail(
        session, claim_job(session), reason=FailureReason.STALLED, message="It stalled.", details={}
    )
    store.request_cancel(session, queue_job(session, storage).id)


def test_ends_are_counted_once_by_state_reason_and_host(session: Session, storage: Storage) -> None:
    end_three(session, storage)
    settle(session)

    counters.count(session)
    first = counted(session)
    counters.count(session)

    assert first == counted(session)
    assert first["jobs_ended", " completed"] == 1
    assert first["jobs_ended", "stalled failed"] == 1
    assert first["jobs_ended", " canceled"] == 1
    assert first["jobs_ended_on", "box completed"] == first["jobs_ended_on", "box failed"] == 1
    assert first["rescues", ""] == 1
    assert (first["input_bytes", ""], first["result_bytes", ""]) == (3 * len(CONTENT), 7)
    assert first["running", "7200.0"] == 1
    assert first["running_sum", ""] == pytest.approx(6000, abs=60)
    assert sum(value for (name, _), value in first.items() if name == "transfer") == 3


def test_what_was_counted_stays_when_changes_and_jobs_are_gone(
    session: Session, storage: Storage
) -> None:
    end_three(session, storage)
    settle(session)
    counters.count(session)
    before = counted(session)

    changes.prune(session)
    end_three(session, storage)
    settle(session)
    counters.count(session)

    assert counted(session)["jobs_ended", "stalled failed"] == 2
    assert before["jobs_ended", "stalled failed"] == 1


def test_several_processes_count_each_end_once(
    engine: Engine, session: Session, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counters, "_BATCH", 2)
    for _ in range(4):
        end_three(session, storage)
    settle(session)

    def count() -> None:
        with database.session_maker(engine)() as own:
            counters.count(own)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counted(session)["jobs_ended", "stalled failed"] == 4


def test_a_change_that_may_not_be_the_last_of_its_time_waits(
    session: Session, storage: Storage
) -> None:
    end_three(session, storage)

    counters.count(session)
    early = counted(session)
    settle(session)
    counters.count(session)

    commits_in_order = session.get_bind().dialect.name == "sqlite"
    assert (early == {}) is not commits_in_order
    assert counted(session)["rescues", ""] == 1


def test_a_minute_has_one_sample_with_what_was_added(session: Session, storage: Storage) -> None:
    first = samples.take(session, free_bytes=5, workers=1)
    again = samples.take(session, free_bytes=5, workers=1)
    with database.writing(session):
        row = session.query(Sample).one()
        row.at -= samples.MINUTE
    end_three(session, storage)
    queue_job(session, storage)
    settle(session)
    samples.take(session, free_bytes=4, workers=2)

    [minute] = samples.last(session, 60)

    assert (first, again) == (True, False)
    assert (minute.queued, minute.running, minute.workers, minute.free_bytes) == (1, 0, 2, 4)
    assert (minute.completed, minute.failed, minute.canceled) == (1, 1, 1)
    assert (minute.bytes_in, minute.bytes_out) == (3 * len(CONTENT), 7)


def test_samples_older_than_a_day_go(session: Session) -> None:
    samples.take(session, free_bytes=5, workers=1)
    with database.writing(session):
        row = session.query(Sample).one()
        row.at -= samples.KEPT + 2 * samples.MINUTE

    samples.take(session, free_bytes=5, workers=1)

    with database.reading(session):
        assert session.query(Sample).count() == 1
