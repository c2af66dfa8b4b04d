"""What is kept and for how long: results and inputs expire, uploads that nobody uses go.

Row first, then files: from the row on, a download answers 410, and a crash in between leaves rows
that are marked and not yet emptied, which the next run takes up. A download that has begun keeps
its open file and ends well. Everything here may run many times at once.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.database import reading, writing
from ffremote.db.models import Job, Upload, UploadState
from ffremote.errors import JobNotReady, UploadConflict, UploadNotFound
from ffremote.files.storage import Storage
from ffremote.states import FailureReason, JobState

from . import store

log = logging.getLogger(__name__)

BATCH = 100


@dataclass(frozen=True, slots=True)
class Removed:
    """Whose files a cleanup removed, or would remove."""

    jobs: Sequence[str]
    uploads: Sequence[str]


def cleanup(
    session: Session, storage: Storage, *, ttl: timedelta, dry_run: bool = False
) -> Removed:
    """Remove the files of jobs that ended longer than `ttl` ago and of uploads past their time."""
    if dry_run:
        return Removed(_due_jobs(session, ttl), _due_uploads(session))
    jobs = expire_jobs(session, storage, ttl=ttl)
    uploads = expire_uploads(session, storage)
    return Removed(jobs, uploads)


def expire_jobs(session: Session, storage: Storage, *, ttl: timedelta) -> list[str]:
    """Mark what is due and remove the files of all that is marked; return the jobs' ids.

    Files that cannot be removed are logged and left to the next run; those behind them go on.
    """
    while _mark_jobs(session, ttl):
        pass
    marked = _marked_jobs(session)
    return [job_id for job_id in marked if _try_to_empty(session, storage, job_id)]


def remove_result(session: Session, storage: Storage, job_id: str) -> None:
    """Remove a final job's files now; its row stays. Raises JobNotFound and JobNotReady."""
    job = store.find(session, job_id)
    if not job.state.is_final:
        raise JobNotReady(
            f"The job {job_id} is {job.state}; cancel it first, or wait for its end.",
            state=job.state,
        )
    with writing(session):
        session.execute(
            update(Job)
            .where(Job.id == job_id, Job.expired_at.is_(None))
            .values(expired_at=utc_now())
        )
    _empty_job(session, storage, job_id)


def expire_uploads(session: Session, storage: Storage) -> list[str]:
    """Remove the uploads past their time that no job needs any more; return their ids."""
    removed: list[str] = []
    while True:
        with writing(session):
            gone = session.scalars(
                update(Upload)
                .where(Upload.id.in_(select(Upload.id).where(*_idle()).limit(BATCH)))
                .values(state=UploadState.REMOVED)
                .returning(Upload.id)
            ).all()
            _fail_waiting(session, gone)
        if not gone:
            return removed
        for upload_id in gone:
            _try_to_discard(storage, upload_id)
        removed.extend(gone)


def remove_upload(session: Session, storage: Storage, upload_id: str) -> None:
    """Remove an upload at its owner's wish; jobs that wait for the rest of it fail.

    Raises UploadNotFound, and UploadConflict when it is whole and a job still needs it.
    """
    used = exists().where(
        Job.upload_id == Upload.id,
        Job.finished_at.is_(None),
        Upload.state == UploadState.COMPLETE,
    )
    with writing(session):
        gone = session.scalars(
            update(Upload)
            .where(Upload.id == upload_id, Upload.state != UploadState.REMOVED, ~used)
            .values(state=UploadState.REMOVED)
            .returning(Upload.id)
        ).all()
        _fail_waiting(session, gone)
    if not gone:
        if store.find_upload(session, upload_id).state is UploadState.REMOVED:
            raise UploadNotFound(upload_id)
        raise UploadConflict(
            f"A job that has not ended needs the upload {upload_id}.", upload_id=upload_id
        )
    storage.discard_upload(upload_id)


def _mark_jobs(session: Session, ttl: timedelta) -> list[str]:
    due = select(Job.id).where(*_expired(ttl)).limit(BATCH)
    with writing(session):
        marked = session.scalars(
            update(Job).where(Job.id.in_(due)).values(expired_at=utc_now()).returning(Job.id)
        )
        return list(marked)


def _marked_jobs(session: Session) -> list[str]:
    """Return marked jobs that are not emptied yet, those of an interrupted run included."""
    with reading(session):
        return list(
            session.scalars(
                select(Job.id).where(
                    Job.finished_at.is_not(None),
                    Job.files_removed_at.is_(None),
                    Job.expired_at.is_not(None),
                )
            )
        )


def _try_to_empty(session: Session, storage: Storage, job_id: str) -> bool:
    try:
        _empty_job(session, storage, job_id)
    except OSError as exc:
        log.error("job %s: its files cannot be removed: %s", job_id, exc)
        return False
    return True


def _try_to_discard(storage: Storage, upload_id: str) -> None:
    """Remove an upload's files; where that fails, a sweep finds them by the row's state."""
    try:
        storage.discard_upload(upload_id)
    except OSError as exc:
        log.error("upload %s: its files cannot be removed: %s", upload_id, exc)


def _empty_job(session: Session, storage: Storage, job_id: str) -> None:
    storage.discard_job(job_id)
    with writing(session):
        session.execute(
            update(Job)
            .where(Job.id == job_id, Job.expired_at.is_not(None))
            .values(files_removed_at=utc_now())
        )
    log.info("job %s: files removed", job_id)


def _fail_waiting(session: Session, upload_ids: Sequence[str]) -> None:
    """Fail the jobs whose upload will never be whole."""
    session.execute(
        update(Job)
        .where(Job.upload_id.in_(upload_ids), Job.state == JobState.QUEUED)
        .values(
            state=JobState.FAILED,
            phase=None,
            finished_at=utc_now(),
            error_reason=FailureReason.UPLOAD_ABANDONED,
            error_message="The upload of its input was given up before its end.",
            error_details={},
        )
    )


def _expired(ttl: timedelta) -> tuple[ColumnElement[bool], ...]:
    return (
        Job.finished_at.is_not(None),
        Job.files_removed_at.is_(None),
        Job.expired_at.is_(None),
        Job.finished_at < utc_now() - ttl,
    )


def _idle() -> tuple[ColumnElement[bool], ...]:
    """An upload past its time: one still arriving, or a whole one whose jobs have all expired."""
    needed = exists().where(
        Job.upload_id == Upload.id,
        Job.files_removed_at.is_(None),
        Upload.state == UploadState.COMPLETE,
    )
    return (Upload.state != UploadState.REMOVED, Upload.expires_at < utc_now(), ~needed)


def _due_jobs(session: Session, ttl: timedelta) -> list[str]:
    with reading(session):
        return list(session.scalars(select(Job.id).where(*_expired(ttl))))


def _due_uploads(session: Session) -> list[str]:
    with reading(session):
        return list(session.scalars(select(Upload.id).where(*_idle())))
