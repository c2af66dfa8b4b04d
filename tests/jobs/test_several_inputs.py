"""Jobs with several inputs: when they can be claimed, what ends them, which uploads they keep."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db.database import reading
from ffremote.db.models import Job, JobInput, Upload, UploadState
from ffremote.errors import UploadConflict, UploadNotFound
from ffremote.files.storage import Storage
from ffremote.jobs import (
    claims,
    inputs,
    orphans,
    pending_uploads,
    queue,
    rescues,
    retention,
    store,
    submission,
)
from ffremote.jobs.kept import usage
from ffremote.jobs.new_rows import request_digest
from ffremote.states import FailureReason, JobState, Phase
from tests.support.builders import (
    CONTENT,
    WORKER,
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
from tests.support.kept_files import upload_path

HOUR = timedelta(hours=1)


@pytest.fixture
def worker(session: Session) -> str:
    """The registered worker that holds the claims of these tests."""
    return register_worker(session, worker_id=WORKER)


def uploads(session: Session, storage: Storage, count: int) -> list[str]:
    return [arriving_upload(session, storage) for _ in range(count)]


def state_of(session: Session, upload_id: str) -> UploadState:
    return store.find_upload(session, upload_id).state


def expire(session: Session, *upload_ids: str) -> None:
    for upload_id in upload_ids:
        update_row(session, Upload, upload_id, expires_at=utc_now() - HOUR)


@pytest.mark.usefixtures("worker")
def test_a_claim_has_the_inputs_in_their_order(session: Session, storage: Storage) -> None:
    one, two, three = uploads(session, storage, 3)
    for upload_id in (three, one, two):
        complete_upload(session, storage, upload_id)
    job = queue_for(session, storage, two, three, one, two)

    claim = claim_job(session)

    assert (claim.job_id, claim.upload_ids) == (job.id, (two, three, one, two))
    assert inputs.upload_ids(session, job) == claim.upload_ids
    assert job.output_estimate_bytes == 4 * len(CONTENT)


@pytest.mark.usefixtures("worker")
def test_a_job_with_one_input_has_no_row_of_inputs(session: Session, storage: Storage) -> None:
    job = queue_job(session, storage)

    with reading(session):
        rows = session.scalars(select(JobInput)).all()
    assert (rows, job.needs) == ([], "")
    assert claim_job(session).upload_ids == (job.upload_id,)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_a_job_can_be_claimed_when_its_last_input_is_complete(
    session: Session, storage: Storage, order: tuple[int, ...]
) -> None:
    arriving = uploads(session, storage, 3)
    job = queue_for(session, storage, *arriving)

    ready = []
    for number in order:
        ready.append(queue.has_claimable(session))
        complete_upload(session, storage, arriving[number])

    queued = store.find(session, job.id)
    assert ready == [False, False, False]
    assert queue.has_claimable(session)
    assert (queued.phase, queued.input_ready_at is None) == (Phase.QUEUED, False)


def test_one_upload_that_is_two_inputs_arrives_once(session: Session, storage: Storage) -> None:
    [only] = uploads(session, storage, 1)
    queue_for(session, storage, only, only)

    complete_upload(session, storage, only)

    assert queue.has_claimable(session)


@pytest.mark.parametrize(("number", "name"), [(0, "inputs[0]"), (2, "inputs[2]")])
def test_an_abandoned_input_ends_the_job_and_is_named(
    session: Session, storage: Storage, number: int, name: str
) -> None:
    arriving = uploads(session, storage, 3)
    job = queue_for(session, storage, *arriving)
    for upload_id in arriving[:number] + arriving[number + 1 :]:
        complete_upload(session, storage, upload_id)
    expire(session, *arriving)

    removed = retention.expire_uploads(session, storage)

    failed = store.find(session, job.id)
    assert set(removed) >= {arriving[number]}
    assert (failed.state, failed.error_reason) == (
        JobState.FAILED,
        FailureReason.UPLOAD_ABANDONED,
    )
    assert failed.error_message == f"The upload of {name} was removed before it was complete."
    with pytest.raises(UploadNotFound):
        queue_for(session, storage, arriving[number - 1], arriving[number])


def test_a_complete_input_stays_while_any_job_needs_it(session: Session, storage: Storage) -> None:
    shared, other = uploads(session, storage, 2)
    complete_upload(session, storage, shared)
    job = queue_for(session, storage, other, shared)
    expire(session, shared)

    kept = retention.expire_uploads(session, storage)
    with pytest.raises(UploadConflict):
        retention.remove_upload(session, storage, shared)
    store.request_cancel(session, job.id)
    retention.remove_result(session, storage, job.id)
    gone = retention.expire_uploads(session, storage)

    assert (kept, gone) == ([], [shared])
    assert not storage.upload_dir(shared).exists()


def test_a_cancel_removes_the_inputs_that_no_other_job_waits_for(
    session: Session, storage: Storage
) -> None:
    one, shared, complete, two = uploads(session, storage, 4)
    complete_upload(session, storage, complete)
    job = queue_for(session, storage, one, shared, complete, two)
    queue_for(session, storage, complete, shared)
    aborted: list[str] = []

    submission.cancel(session, storage, job.id, abort_upload=aborted.append)

    assert sorted(aborted) == sorted([one, two])
    assert [state_of(session, each) for each in (one, shared, complete, two)] == [
        UploadState.REMOVED,
        UploadState.ARRIVING,
        UploadState.COMPLETE,
        UploadState.REMOVED,
    ]
    assert not storage.upload_dir(two).exists()


def test_the_space_of_a_job_is_freed_while_any_input_is_silent(
    session: Session, storage: Storage
) -> None:
    one, two = uploads(session, storage, 2)
    queue_for(session, storage, one, two)
    expected = pending_uploads.expected_result_bytes(session, two)
    all_of_it = usage.promised_bytes(session, lapsed_before=utc_now()).total

    expire(session, two)

    size = len(CONTENT)
    assert (expected, all_of_it) == (2 * size, 4 * size)
    assert usage.promised_bytes(session, lapsed_before=utc_now()).total == size


@pytest.mark.usefixtures("worker")
def test_a_worker_of_an_earlier_version_never_claims_several_inputs(
    session: Session, storage: Storage
) -> None:
    one, two = uploads(session, storage, 2)
    for upload_id in (one, two):
        complete_upload(session, storage, upload_id)
    queue_for(session, storage, one, two)

    # An earlier version compares the needs with the names of its encoders.
    able = {needs for needs in queue.claimable_needs(session) if {"libx264"} >= set(needs.split())}

    assert able == set()


@pytest.mark.usefixtures("worker")
def test_a_rescued_job_is_claimed_with_the_same_inputs(session: Session, storage: Storage) -> None:
    job = queue_job(session, storage, inputs=3)
    first = claim_job(session)
    start_attempt(storage, first)

    [hold] = rescues.holds(session)
    rescues.rescue(session, hold)
    second = claim_job(session)
    directory = start_attempt(storage, second).parent

    assert (second.job_id, second.upload_ids) == (job.id, first.upload_ids)
    assert not claims.report(session, first, claims.ProgressUpdate(Phase.PROBING, 0))
    assert [path.relative_to(directory) for path in sorted(directory.rglob("input"))] == [
        path.relative_to(directory)
        for path in (directory / "inputs" / str(number) / "input" for number in range(3))
    ]
    for number in range(3):
        assert [path.name for path in (directory / "inputs" / str(number)).iterdir()] == ["input"]
        assert (directory / "inputs" / str(number) / "input").read_bytes() == CONTENT


@pytest.mark.usefixtures("worker")
def test_a_sweep_removes_the_inputs_of_an_ended_job_only(
    session: Session, storage: Storage
) -> None:
    ended, running = queue_job(session, storage, inputs=2), queue_job(session, storage, inputs=2)
    for _ in (ended, running):
        start_attempt(storage, claim_job(session))
    store.request_cancel(session, ended.id)

    swept = orphans.sweep(session, storage)

    assert storage.job_dir(ended.id) / "inputs" in [storage.root / path for path in swept]
    assert (storage.job_dir(running.id) / "inputs" / "1" / "input").exists()


def test_identical_files_of_one_job_are_stored_once(session: Session, storage: Storage) -> None:
    job = queue_job(session, storage, inputs=2)

    one, two = (upload_path(storage, each) for each in inputs.upload_ids(session, job))

    assert one.samefile(two)


def test_a_repeated_request_gets_the_first_job_and_leaves_no_file(
    session: Session, storage: Storage
) -> None:
    first = queue_job(session, storage, inputs=2, idempotency_key="k")
    again = queue_job(session, storage, inputs=2, idempotency_key="k")

    assert first.id == again.id
    assert sorted(storage.upload_ids()) == sorted(inputs.upload_ids(session, first))


def test_the_digest_of_one_input_is_that_of_earlier_versions() -> None:
    request = job_request()
    text = b'["{\\"output_filename\\":\\"a.mp4\\"}", "cd"]'

    assert request_digest(request, "cd") == hashlib.sha256(text).hexdigest()
    assert request_digest(request, "a", "b") != request_digest(request, "b", "a")


def test_a_full_queue_stores_no_input(session: Session, storage: Storage) -> None:
    full = Settings(max_queued=1)
    queue_job(session, storage, settings=full, inputs=2)
    before = sorted(storage.upload_ids())

    with pytest.raises(Exception, match="1 jobs are queued"):
        queue_job(session, storage, settings=full, inputs=2)

    assert sorted(storage.upload_ids()) == before
    with reading(session):
        assert len(session.scalars(select(Job)).all()) == 1
