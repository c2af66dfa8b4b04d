"""The files of a job that has several: rows, their transaction, and how long both are kept."""

import shutil
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ffremote.db.database import writing
from ffremote.db.job_file import JobFile
from ffremote.db.models import Job
from ffremote.files.storage import Storage
from ffremote.jobs import claims, job_files, orphans, retention, store
from ffremote.ledger.values import Result
from ffremote.states import JobState
from tests.support.builders import claim_job, queue_job
from tests.support.kept_files import files_path
from tests.support.packages import FILES, complete_package, publish_package


def test_a_job_completes_with_all_of_its_files(session: Session, storage: Storage) -> None:
    queue_job(session, storage)

    claim, done = complete_package(session, storage)

    job = store.find(session, claim.job_id)
    assert (job.state, job.result_token) == (JobState.COMPLETED, claim.token)
    assert (job.result_bytes, job.result_sha256) == (done.bytes, done.archive_sha256)
    assert job_files.page(session, job.id) == list(done.files)
    assert job_files.count(session, job.id) == len(FILES)
    assert job_files.find(session, job.id, "s1.ts") == (2, done.files[2])
    assert job_files.find(session, job.id, "s2.ts") is None
    assert job_files.find(session, job.id, "s1.ts\0") is None


def test_a_claim_that_was_lost_stores_no_file(session: Session, storage: Storage) -> None:
    queue_job(session, storage)
    claim = claim_job(session)
    done = publish_package(storage, claim)
    store.request_cancel(session, claim.job_id)

    held = claims.complete(session, claim, Result(1, None, {}, files=done.files))

    assert not held
    assert job_files.count(session, claim.job_id) == 0


def test_files_and_state_are_one_transaction(session: Session, storage: Storage) -> None:
    queue_job(session, storage)
    claim = claim_job(session)
    done = publish_package(storage, claim)

    with pytest.raises(IntegrityError):
        claims.complete(session, claim, Result(1, None, {}, files=(done.files[0],) * 2))

    assert store.find(session, claim.job_id).state is JobState.RUNNING
    assert job_files.count(session, claim.job_id) == 0


def test_a_report_completes_without_a_result(session: Session, storage: Storage) -> None:
    queue_job(session, storage)
    claim = claim_job(session)

    assert claims.complete(session, claim, Result(None, None, {}))

    job = store.find(session, claim.job_id)
    assert (job.state, job.result_token, job.result_bytes) == (JobState.COMPLETED, None, None)


def test_a_sweep_keeps_the_files_of_the_result_only(session: Session, storage: Storage) -> None:
    queue_job(session, storage)
    claim, _ = complete_package(session, storage)
    other = "f" * 32
    kept = files_path(storage, claim.job_id, claim.token)
    left = [files_path(storage, claim.job_id, other), storage.publishing_dir(claim.job_id, other)]
    for path in left:
        shutil.copytree(kept, path)

    removed = orphans.sweep(session, storage)

    assert {storage.root / path for path in removed} >= set(left)
    assert len(list(kept.iterdir())) == len(FILES)
    assert not any(path.exists() for path in left)


def test_a_sweep_leaves_a_running_publication_alone(session: Session, storage: Storage) -> None:
    queue_job(session, storage)
    claim = claim_job(session)
    publish_package(storage, claim)
    storage.publishing_dir(claim.job_id, claim.token).mkdir()

    orphans.sweep(session, storage)

    assert files_path(storage, claim.job_id, claim.token).exists()
    assert storage.publishing_dir(claim.job_id, claim.token).exists()


def test_expired_files_are_removed_and_their_rows_stay(session: Session, storage: Storage) -> None:
    queue_job(session, storage)
    claim, _ = complete_package(session, storage)

    retention.cleanup(session, storage, ttl=timedelta(seconds=-1))

    assert not storage.job_dir(claim.job_id).exists()
    assert job_files.count(session, claim.job_id) == len(FILES)


def test_an_attempt_without_its_claim_discards_its_files(
    session: Session, storage: Storage
) -> None:
    queue_job(session, storage)
    claim = claim_job(session)
    publish_package(storage, claim)

    storage.discard_attempt(claim.job_id, claim.token)

    assert [path.name for path in storage.job_dir(claim.job_id).iterdir()] == ["input"]


def test_rows_go_with_their_job(session: Session, storage: Storage) -> None:
    queue_job(session, storage)
    claim, _ = complete_package(session, storage)

    with writing(session):
        session.delete(session.get_one(Job, claim.job_id))

    assert session.scalar(select(func.count()).select_from(JobFile)) == 0
