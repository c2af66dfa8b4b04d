"""Jobs without an upload: their rows through claims, rescues, retention, sweeps and lists."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.database import reading
from ffremote.db.models import Job, Upload
from ffremote.errors import IdempotencyConflict
from ffremote.files.storage import Storage
from ffremote.jobs import (
    claims,
    inputs,
    orphans,
    queue,
    rescues,
    retention,
    store,
    submission,
)
from ffremote.jobs.kept import usage
from ffremote.jobs.lists import pages
from ffremote.ledger.needs import SEVERAL
from ffremote.states import JobState, Phase
from tests.support.builders import (
    WORKER,
    admit_all,
    arriving_upload,
    claim_job,
    complete_upload,
    job_request,
    queue_for,
    queue_job,
    register_worker,
    start_attempt,
    update_row,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def worker(session: Session) -> str:
    """The registered worker that holds the claims of these tests."""
    return register_worker(session, worker_id=WORKER)


@pytest.fixture
def job(session: Session, storage: Storage) -> Job:
    """A queued job without inputs."""
    return queue_for(session, storage)


def test_it_can_be_claimed_at_once_and_needs_no_bytes(session: Session, job: Job) -> None:
    assert (job.state, job.phase) == (JobState.QUEUED, Phase.QUEUED)
    assert job.input_ready_at == job.created_at
    assert (job.upload_id, job.output_estimate_bytes) == (None, 0)
    assert inputs.upload_ids(session, job) == ()


@pytest.mark.usefixtures("worker", "job")
@pytest.mark.parametrize("needs", [[""], ["", SEVERAL], ["libx264"]])
def test_a_worker_of_the_version_before_never_claims_it(
    session: Session, needs: Sequence[str]
) -> None:
    claim = queue.claim_next(session, worker_id=WORKER, holder=WORKER, needs=frozenset(needs))

    assert claim is None


@pytest.mark.usefixtures("worker")
def test_a_claim_has_no_uploads_and_its_attempt_an_empty_directory(
    session: Session, storage: Storage, job: Job
) -> None:
    claim = claim_job(session)

    attempt = start_attempt(storage, claim)

    assert (claim.job_id, claim.upload_ids) == (job.id, ())
    assert list(storage.job_dir(job.id).iterdir()) == [attempt]


@pytest.mark.usefixtures("worker")
def test_a_released_and_a_rescued_one_is_claimed_again(session: Session, job: Job) -> None:
    assert claims.release(session, claim_job(session), message="stopped")
    again = claim_job(session)
    [hold] = rescues.holds(session)

    rescues.rescue(session, hold)

    third = claim_job(session)
    assert (again.job_id, again.upload_ids) == (job.id, ())
    assert (third.job_id, third.upload_ids, third.attempt) == (job.id, (), 2)
    assert store.find(session, job.id).losses == 1


@pytest.mark.usefixtures("worker")
def test_a_completed_one_keeps_its_result_until_it_expires(
    session: Session, storage: Storage, job: Job
) -> None:
    claim = claim_job(session)
    (start_attempt(storage, claim) / "out.mp4").write_bytes(b"result")
    storage.publish(claim.job_id, claim.token, f"{claim.token}/out.mp4")
    assert claims.complete(session, claim, claims.Result(6, "ef", {}))
    storage.discard_attempt(claim.job_id, claim.token, result=False)

    swept = orphans.sweep(session, storage)
    early = retention.cleanup(session, storage, ttl=HOUR)
    update_row(session, Job, job.id, finished_at=utc_now() - 2 * HOUR)
    late = retention.cleanup(session, storage, ttl=HOUR)

    assert (list(swept), list(early.jobs), list(late.jobs)) == ([], [], [job.id])
    assert not storage.job_dir(job.id).exists()
    assert store.find(session, job.id).state is JobState.COMPLETED


def test_an_upload_that_expires_or_is_complete_concerns_other_jobs_only(
    session: Session, storage: Storage, job: Job
) -> None:
    waiting = arriving_upload(session, storage)
    other = queue_for(session, storage, waiting)
    update_row(session, Upload, waiting, expires_at=utc_now() - HOUR)
    ready = job.input_ready_at

    complete_upload(session, storage, arriving_upload(session, storage))
    retention.expire_uploads(session, storage)

    assert store.find(session, other.id).state is JobState.FAILED
    found = store.find(session, job.id)
    assert (found.state, found.input_ready_at) == (JobState.QUEUED, ready)
    assert usage.promised_bytes(session, lapsed_before=utc_now()).total == 0


def test_a_canceled_one_is_final_and_no_upload_is_touched(session: Session, job: Job) -> None:
    canceled = store.request_cancel(session, job.id)

    assert canceled.state is JobState.CANCELED
    assert store.find(session, job.id).finished_at is not None


def test_a_page_and_the_view_of_jobs_have_it_beside_others(
    session: Session, storage: Storage, job: Job
) -> None:
    one = queue_job(session, storage)

    page = pages.newest(session)

    assert {item.id: len(page.uploads[item.id]) for item in page.items} == {job.id: 0, one.id: 1}
    with reading(session):
        rows = session.execute(
            text("SELECT id, input_filename, input_bytes, inputs FROM job_overview")
        ).all()
    assert {row.id: tuple(row)[1:] for row in rows} == {
        job.id: (None, 0, 0),
        one.id: ("film.mp4", 5, 1),
    }


def test_the_same_request_with_the_same_key_is_the_same_job(
    session: Session, storage: Storage
) -> None:
    request = job_request(inputs=0, idempotency_key="k")

    first = submission.accept_uploads(session, storage, request, admit=admit_all)
    again = submission.accept_uploads(session, storage, request, admit=admit_all)
    with pytest.raises(IdempotencyConflict):
        submission.accept_uploads(
            session,
            storage,
            job_request("b.mp4", inputs=0, idempotency_key="k"),
            admit=admit_all,
        )

    assert again.id == first.id
