"""Jobs that are claimed while their input arrives."""

import pytest
from sqlalchemy.orm import Session

from ffremote.db.models import Job
from ffremote.files.storage import Storage
from ffremote.jobs import claims, pending_uploads, queries, queue, rescues, retention, store
from ffremote.ledger.values import Claim, ProgressUpdate, Result
from ffremote.states import FailureReason, JobState, Phase
from tests.support.builders import (
    HOLDER,
    WORKER,
    arriving_upload,
    claim_job,
    complete_upload,
    queue_for,
    queue_job,
    register_worker,
)


def claim_early(session: Session) -> Claim | None:
    needs = frozenset({""})
    return queue.claim_next(session, worker_id=WORKER, holder=HOLDER, needs=needs, arriving=True)


@pytest.fixture
def upload(session: Session, storage: Storage) -> str:
    return arriving_upload(session, storage)


@pytest.fixture
def job(session: Session, storage: Storage, upload: str) -> Job:
    """A job that can be claimed while its upload arrives."""
    made = queue_for(session, storage, upload, may_overlap=True)
    pending_uploads.begin_early(session, upload)
    return made


@pytest.fixture
def claim(session: Session, job: Job) -> Claim:
    claim = claim_early(session)
    assert claim is not None
    return claim


def test_a_job_waits_until_enough_has_arrived(
    session: Session, storage: Storage, upload: str
) -> None:
    queue_for(session, storage, upload, may_overlap=True)

    assert pending_uploads.is_awaited_early(session, upload)
    assert claim_early(session) is None


def test_a_job_that_may_not_begin_early_waits_for_its_whole_input(
    session: Session, storage: Storage, upload: str
) -> None:
    queue_for(session, storage, upload)
    pending_uploads.begin_early(session, upload)

    assert not pending_uploads.is_awaited_early(session, upload)
    assert claim_early(session) is None


def test_a_job_with_its_whole_input_goes_first_whatever_its_priority(
    session: Session, storage: Storage, job: Job
) -> None:
    whole = queue_job(session, storage, priority=-10)

    assert claim_early(session) is None
    assert claim_job(session).job_id == whole.id
    early = claim_early(session)

    assert early is not None
    assert (early.job_id, early.arriving_bytes) == (job.id, 4) or early.arriving_bytes
    assert queries.queue_position(session, store.find(session, job.id)) is None
    assert store.find(session, job.id).phase is Phase.STREAMING


def test_a_job_of_another_ability_does_not_hold_it_up(
    session: Session, storage: Storage, job: Job
) -> None:
    queue_job(session, storage, needs=frozenset({"libx265"}))

    assert claim_early(session) is not None


def test_a_suspended_job_has_lost_no_attempt_and_shows_its_percent(
    session: Session, claim: Claim
) -> None:
    claims.report(session, claim, ProgressUpdate(Phase.STREAMING, 40))

    assert claims.suspend(session, claim, message="m", may_stream=True)

    row = store.find(session, claim.job_id)
    found = (row.state, row.phase, row.attempt, row.losses, row.progress_percent, row.message)
    assert found == (JobState.QUEUED, Phase.UPLOADING, 0, 0, 40, "m")
    again = claim_early(session)
    assert again is not None
    assert store.find(session, claim.job_id).progress_percent == 40
    claims.report(session, again, ProgressUpdate(Phase.STREAMING, 10))
    assert store.find(session, claim.job_id).progress_percent == 40


def test_a_job_that_failed_so_waits_for_its_whole_input(
    session: Session, storage: Storage, claim: Claim
) -> None:
    assert claims.suspend(session, claim, message="m", may_stream=False)

    pending_uploads.begin_early(session, claim.upload_ids[0])
    assert claim_early(session) is None
    complete_upload(session, storage, claim.upload_ids[0])
    whole = claim_job(session)
    assert (whole.job_id, whole.attempt, whole.arriving_bytes) == (claim.job_id, 1, None)


def test_it_completes_only_when_its_upload_is_complete(
    session: Session, storage: Storage, claim: Claim
) -> None:
    assert not claims.has_arrived(session, claim)
    assert not claims.complete(session, claim, Result(1, "ab", {}))

    complete_upload(session, storage, claim.upload_ids[0])

    assert claims.has_arrived(session, claim)
    assert claims.complete(session, claim, Result(1, "ab", {}))


def test_a_removed_upload_ends_the_job_that_reads_it(
    session: Session, storage: Storage, claim: Claim
) -> None:
    retention.remove_upload(session, storage, claim.upload_ids[0])

    row = store.find(session, claim.job_id)
    assert (row.state, row.error_reason) == (JobState.FAILED, FailureReason.UPLOAD_ABANDONED)
    assert not claims.report(session, claim, ProgressUpdate(Phase.STREAMING, 1))
    assert not storage.upload_dir(claim.upload_ids[0]).exists()


def test_a_lost_holders_job_begins_early_again(session: Session, job: Job) -> None:
    register_worker(session, worker_id=WORKER)
    claim_early(session)
    [hold] = rescues.holds(session)

    assert rescues.rescue(session, hold) is JobState.QUEUED

    assert store.find(session, job.id).phase is Phase.UPLOADING
    assert claim_early(session) is not None
