"""What cleanup removes and, above all, what it does not."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db.database import writing
from ffremote.db.models import Job, Upload, UploadState
from ffremote.errors import JobNotReady, UploadNotFound
from ffremote.files.storage import Storage, sync
from ffremote.jobs import claims, orphans, queue, retention, store, submission
from ffremote.states import FailureReason, JobState

HOUR = timedelta(hours=1)
WORKER = "11111111-1111-4111-8111-111111111111"
HOLDER = "22222222-2222-4222-8222-222222222222"


def enqueue(session: Session, storage: Storage) -> Job:
    upload_id, partial = submission.new_upload(storage)
    partial.write_bytes(b"\x00film")
    order = submission.JobRequest(spec="{}", output_filename="a.mp4")
    arrival = submission.ReceivedFile(upload_id, "film.mp4", 5, "cd")
    return submission.accept_file(session, storage, Settings(), order, arrival)


def claim(session: Session, storage: Storage) -> claims.Claim:
    taken = queue.claim_next(session, worker_id=WORKER, holder=HOLDER, needs=frozenset({""}))
    assert taken is not None
    storage.open_attempt(taken.job_id, taken.token, taken.upload_id)
    return taken


def finish(session: Session, storage: Storage, *, ago: timedelta) -> Job:
    enqueue(session, storage)
    taken = claim(session, storage)
    output = f"{taken.token}/out.mp4"
    (storage.job_dir(taken.job_id) / output).write_bytes(b"result")
    storage.publish(taken.job_id, taken.token, output)
    assert claims.complete(session, taken, claims.Result(6, "ef", {}))
    age(session, Job, taken.job_id, finished_at=utc_now() - ago)
    return store.find(session, taken.job_id)


def age(session: Session, model: type[Job] | type[Upload], row_id: str, **values: object) -> None:
    with writing(session):
        session.execute(update(model).where(model.id == row_id).values(**values))


def test_expired_results_go_and_fresh_ones_stay(session: Session, storage: Storage) -> None:
    old = finish(session, storage, ago=25 * HOUR)
    fresh = finish(session, storage, ago=23 * HOUR)

    removed = retention.cleanup(session, storage, ttl=24 * HOUR)

    assert removed.jobs == [old.id]
    assert not storage.job_dir(old.id).exists()
    assert storage.result(fresh.id, fresh.result_token or "").read_bytes() == b"result"
    assert store.find(session, old.id).files_removed_at is not None
    assert store.find(session, old.id).state is JobState.COMPLETED


def test_a_dry_run_tells_and_removes_nothing(session: Session, storage: Storage) -> None:
    old = finish(session, storage, ago=25 * HOUR)

    told = retention.cleanup(session, storage, ttl=24 * HOUR, dry_run=True)

    assert told.jobs == [old.id]
    assert storage.job_dir(old.id).exists()
    assert store.find(session, old.id).expired_at is None


def test_waiting_and_running_jobs_keep_their_files(session: Session, storage: Storage) -> None:
    running = enqueue(session, storage)
    claim(session, storage)
    waiting = enqueue(session, storage)
    for job in (running, waiting):
        age(session, Upload, job.upload_id, expires_at=utc_now() - HOUR)

    removed = retention.cleanup(session, storage, ttl=timedelta(0))
    swept = orphans.sweep(session, storage)

    assert (removed.jobs, removed.uploads, list(swept)) == ([], [], [])
    assert storage.upload_data(waiting.upload_id).exists()
    assert storage.input(running.id).exists()


def anyone(_session: Session) -> None:
    """Admit."""


def test_an_input_goes_after_the_last_job_that_needs_it(session: Session, storage: Storage) -> None:
    old = finish(session, storage, ago=25 * HOUR)
    age(session, Upload, old.upload_id, expires_at=utc_now() - HOUR)
    order = submission.JobRequest(spec="{}", output_filename="b.mp4")
    second = submission.accept_upload(session, storage, order, old.upload_id, admit=anyone)

    kept = retention.cleanup(session, storage, ttl=24 * HOUR)
    store.request_cancel(session, second.id)
    gone = retention.cleanup(session, storage, ttl=timedelta(0))

    assert (kept.jobs, kept.uploads) == ([old.id], [])
    assert gone.uploads == [old.upload_id]
    assert not storage.upload_dir(old.upload_id).exists()


def test_a_download_that_has_begun_ends_well(session: Session, storage: Storage) -> None:
    old = finish(session, storage, ago=25 * HOUR)

    with storage.result(old.id, old.result_token or "").open("rb") as download:
        retention.cleanup(session, storage, ttl=24 * HOUR)
        rest = download.read()

    assert rest == b"result"


def test_a_removal_that_a_crash_cut_short_is_taken_up(session: Session, storage: Storage) -> None:
    old = finish(session, storage, ago=HOUR)
    age(session, Job, old.id, expired_at=utc_now())

    removed = retention.cleanup(session, storage, ttl=24 * HOUR)

    assert removed.jobs == [old.id]
    assert not storage.job_dir(old.id).exists()


def test_an_abandoned_upload_fails_the_job_that_waits_for_it(
    session: Session, storage: Storage
) -> None:
    upload_id, _ = submission.new_upload(storage)
    now = utc_now()
    with writing(session):
        session.add(
            Upload(
                id=upload_id,
                state=UploadState.ARRIVING,
                bytes_expected=10,
                created_at=now,
                expires_at=now - HOUR,
            )
        )
    order = submission.JobRequest(spec="{}", output_filename="a.mp4")
    job = submission.accept_upload(session, storage, order, upload_id, admit=anyone)

    retention.cleanup(session, storage, ttl=24 * HOUR)

    failed = store.find(session, job.id)
    assert (failed.state, failed.error_reason) == ("failed", FailureReason.UPLOAD_ABANDONED)
    with pytest.raises(UploadNotFound):
        submission.accept_upload(session, storage, order, upload_id, admit=anyone)


def test_a_result_can_be_removed_before_its_time(session: Session, storage: Storage) -> None:
    done = finish(session, storage, ago=timedelta(0))
    waiting = enqueue(session, storage)

    retention.remove_result(session, storage, done.id)

    assert not storage.job_dir(done.id).exists()
    assert store.find(session, done.id).expired_at is not None
    with pytest.raises(JobNotReady):
        retention.remove_result(session, storage, waiting.id)


def test_files_without_a_row_are_swept(session: Session, storage: Storage) -> None:
    done = finish(session, storage, ago=timedelta(0))
    stray = "33333333-3333-4333-8333-333333333333"
    dead_attempt = storage.attempt_dir(done.id, "0" * 32)
    dead_attempt.mkdir()
    storage.job_dir(stray).mkdir()
    fresh, _ = submission.new_upload(storage)
    quiet, _ = submission.new_upload(storage)
    os.utime(storage.upload_dir(quiet), (0, 0))
    sync(storage.jobs)

    swept = orphans.sweep(session, storage)

    expected = {dead_attempt, storage.job_dir(stray), storage.upload_dir(quiet)}
    assert {storage.root / path for path in swept} == expected | {
        storage.attempt_dir(done.id, done.result_token or ""),
        storage.input(done.id),
    }
    assert not any(path.exists() for path in expected)
    assert storage.upload_dir(fresh).exists()
    assert storage.result(done.id, done.result_token or "").exists()
