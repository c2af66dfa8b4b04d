"""What cleanup removes and, above all, what it keeps."""

import os
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.database import writing
from ffremote.db.models import Job, Upload, UploadState
from ffremote.errors import JobNotReady, UploadNotFound
from ffremote.files.storage import Storage
from ffremote.host.file_system import sync
from ffremote.jobs import new_files, orphans, retention, store, submission
from ffremote.states import FailureReason, JobState
from tests.support.builders import (
    claim_job,
    finish_job,
    job_request,
    queue_job,
    start_attempt,
    update_row,
)
from tests.support.kept_files import result_path, upload_path

HOUR = timedelta(hours=1)


def test_expired_results_go_and_fresh_ones_stay(session: Session, storage: Storage) -> None:
    old = finish_job(session, storage, ago=25 * HOUR)
    fresh = finish_job(session, storage, ago=23 * HOUR)

    removed = retention.cleanup(session, storage, ttl=24 * HOUR)

    assert removed.jobs == [old.id]
    assert not storage.job_dir(old.id).exists()
    assert result_path(storage, fresh.id, fresh.result_token or "").read_bytes() == b"result"
    assert store.find(session, old.id).files_removed_at is not None
    assert store.find(session, old.id).state is JobState.COMPLETED


def test_a_dry_run_lists_and_removes_nothing(session: Session, storage: Storage) -> None:
    old = finish_job(session, storage, ago=25 * HOUR)

    listed = retention.cleanup(session, storage, ttl=24 * HOUR, dry_run=True)

    assert listed.jobs == [old.id]
    assert storage.job_dir(old.id).exists()
    assert store.find(session, old.id).expired_at is None


def test_waiting_and_running_jobs_keep_their_files(session: Session, storage: Storage) -> None:
    running = queue_job(session, storage)
    start_attempt(storage, claim_job(session))
    waiting = queue_job(session, storage)
    for job in (running, waiting):
        update_row(session, Upload, job.upload_id, expires_at=utc_now() - HOUR)

    removed = retention.cleanup(session, storage, ttl=timedelta(0))
    swept = orphans.sweep(session, storage)

    assert (removed.jobs, removed.uploads, list(swept)) == ([], [], [])
    assert upload_path(storage, waiting.upload_id).exists()
    assert storage.input(running.id).exists()


def admit_all(_session: Session) -> None:
    """Admit every job."""


def test_an_input_goes_after_the_last_job_that_needs_it(session: Session, storage: Storage) -> None:
    old = finish_job(session, storage, ago=25 * HOUR)
    update_row(session, Upload, old.upload_id, expires_at=utc_now() - HOUR)
    request = job_request("b.mp4", upload_ids=(old.upload_id,))
    second = submission.accept_uploads(session, storage, request, admit=admit_all)

    kept = retention.cleanup(session, storage, ttl=24 * HOUR)
    store.request_cancel(session, second.id)
    gone = retention.cleanup(session, storage, ttl=timedelta(0))

    assert (kept.jobs, kept.uploads) == ([old.id], [])
    assert gone.uploads == [old.upload_id]
    assert not storage.upload_dir(old.upload_id).exists()


def test_a_download_that_has_begun_ends_well(session: Session, storage: Storage) -> None:
    old = finish_job(session, storage, ago=25 * HOUR)

    with result_path(storage, old.id, old.result_token or "").open("rb") as download:
        retention.cleanup(session, storage, ttl=24 * HOUR)
        rest = download.read()

    assert rest == b"result"


def test_a_removal_that_a_crash_interrupted_is_resumed(session: Session, storage: Storage) -> None:
    old = finish_job(session, storage, ago=HOUR)
    update_row(session, Job, old.id, expired_at=utc_now())

    removed = retention.cleanup(session, storage, ttl=24 * HOUR)

    assert removed.jobs == [old.id]
    assert not storage.job_dir(old.id).exists()


def test_an_abandoned_upload_fails_the_job_that_waits_for_it(
    session: Session, storage: Storage
) -> None:
    upload_id, _ = new_files.allocate_upload(storage)
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
    request = job_request(upload_ids=(upload_id,))
    job = submission.accept_uploads(session, storage, request, admit=admit_all)

    retention.cleanup(session, storage, ttl=24 * HOUR)

    failed = store.find(session, job.id)
    assert (failed.state, failed.error_reason) == ("failed", FailureReason.UPLOAD_ABANDONED)
    with pytest.raises(UploadNotFound):
        submission.accept_uploads(session, storage, request, admit=admit_all)


def test_a_result_can_be_removed_before_it_expires(session: Session, storage: Storage) -> None:
    done = finish_job(session, storage, ago=timedelta(0))
    waiting = queue_job(session, storage)

    retention.remove_result(session, storage, done.id)

    assert not storage.job_dir(done.id).exists()
    assert store.find(session, done.id).expired_at is not None
    with pytest.raises(JobNotReady):
        retention.remove_result(session, storage, waiting.id)


def test_files_without_a_row_are_swept(session: Session, storage: Storage) -> None:
    done = finish_job(session, storage, ago=timedelta(0))
    stray = "33333333-3333-4333-8333-333333333333"
    dead_attempt = storage.attempt_dir(done.id, "0" * 32)
    dead_attempt.mkdir()
    storage.job_dir(stray).mkdir()
    fresh, _ = new_files.allocate_upload(storage)
    quiet, _ = new_files.allocate_upload(storage)
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
    assert result_path(storage, done.id, done.result_token or "").exists()
