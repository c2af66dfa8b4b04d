"""The rows of old jobs are removed with all that belongs to them, if the operator asks for it."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.database import reading, writing
from ffremote.db.job_file import JobFile
from ffremote.db.models import Base, Job, JobInput, JobLabel, Upload
from ffremote.files.publication import PublishedFile
from ffremote.files.storage import Storage
from ffremote.jobs import claims, history, retention, store, submission, totals
from ffremote.states import JobState
from tests.support.builders import (
    admit_all,
    claim_job,
    finish_job,
    job_request,
    queue_job,
    update_row,
)
from tests.support.kept_files import result_path

DAY = timedelta(days=1)
OLD = 40 * DAY
KEPT = 30 * DAY
FILES = tuple(PublishedFile(n, 3, "ab", 1, "video/mp4", None) for n in ("a.mp4", "b.mp4"))


def old_job(session: Session, storage: Storage, **fields: object) -> Job:
    """Return a job that was canceled 40 days ago; its files are still here."""
    job = queue_job(session, storage, **fields)
    store.request_cancel(session, job.id)
    make_old(session, job.id)
    return store.find(session, job.id)


def make_old(session: Session, job_id: str) -> None:
    """Let a job be one of 40 days ago, and its uploads too."""
    moment = utc_now() - OLD
    update_row(session, Job, job_id, created_at=moment, finished_at=moment)
    with writing(session):
        for row in session.scalars(select(Upload)):
            row.expires_at = row.created_at = moment


def remove_files(session: Session, storage: Storage) -> None:
    """Remove the files of all jobs that ended and of their uploads, as a cleanup does."""
    retention.cleanup(session, storage, ttl=timedelta(0))


def count(session: Session, model: type[Base]) -> int:
    """Return the number of rows of a table."""
    with reading(session):
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_an_old_job_goes_with_its_inputs_files_labels_and_uploads(
    session: Session, storage: Storage
) -> None:
    job = queue_job(session, storage, inputs=2, labels=(("film", "42"),), idempotency_key="k")
    done = claims.Result(3, None, {}, files=FILES)
    assert claims.complete(session, claim_job(session), done)
    make_old(session, job.id)
    remove_files(session, storage)

    removed = history.forget(session, KEPT)

    assert removed == 1
    for model in (Job, JobInput, JobLabel, JobFile, Upload):
        assert count(session, model) == 0, model


def test_a_job_whose_files_are_still_served_stays(session: Session, storage: Storage) -> None:
    job = finish_job(session, storage, ago=OLD)
    make_old(session, job.id)

    removed = history.forget(session, KEPT)

    assert removed == 0
    assert result_path(storage, job.id, job.result_token or "").exists()
    assert store.find(session, job.id).state is JobState.COMPLETED


def test_younger_and_unfinished_jobs_stay_with_their_uploads(
    session: Session, storage: Storage
) -> None:
    young = finish_job(session, storage, ago=29 * DAY)
    remove_files(session, storage)
    waiting = queue_job(session, storage)
    for job in (young, waiting):
        update_row(session, Job, job.id, created_at=utc_now() - OLD)

    removed = history.forget(session, KEPT)

    assert removed == 0
    assert (count(session, Job), count(session, Upload)) == (2, 2)


def test_an_upload_goes_with_the_last_job_that_names_it(session: Session, storage: Storage) -> None:
    first = old_job(session, storage)
    again = job_request("b.mp4", upload_ids=(first.upload_id,))
    second = submission.accept_uploads(session, storage, again, admit=admit_all)
    store.request_cancel(session, second.id)
    make_old(session, first.id)
    remove_files(session, storage)

    before = history.forget(session, KEPT), count(session, Upload)
    make_old(session, second.id)
    after = history.forget(session, KEPT), count(session, Upload)

    assert (before, after) == ((1, 1), (1, 0))


def test_totals_stay_right_and_batches_end(session: Session, storage: Storage) -> None:
    for _ in range(5):
        old_job(session, storage)
    kept = queue_job(session, storage)
    remove_files(session, storage)
    history.BATCH, batch = 2, history.BATCH
    try:
        listed, removed = history.count_old(session, KEPT), history.forget(session, KEPT)
    finally:
        history.BATCH = batch

    assert (listed, removed) == (5, 5)
    assert store.find(session, kept.id).state is JobState.QUEUED
    assert {state: n for state, n in totals.by_state(session).items() if n} == {JobState.QUEUED: 1}


def test_the_key_of_a_removed_job_is_free_again(session: Session, storage: Storage) -> None:
    first = old_job(session, storage, idempotency_key="k")
    remove_files(session, storage)
    history.forget(session, KEPT)

    second = queue_job(session, storage, idempotency_key="k")

    assert second.id != first.id


def test_an_upload_that_no_job_used_goes_too(session: Session, storage: Storage) -> None:
    job = old_job(session, storage)
    remove_files(session, storage)
    update_row(session, Upload, job.upload_id or "", expires_at=utc_now())

    recent = history.forget(session, KEPT), count(session, Upload)
    update_row(session, Upload, job.upload_id or "", expires_at=utc_now() - OLD)
    old = history.forget(session, KEPT), count(session, Upload)

    assert (recent, old) == ((1, 1), (0, 0))
