"""Removes the files of expired jobs and unused uploads.

The row is changed first, then the files are removed: from then on a download gets 410, and after a
crash in between the next run finds the marked row and removes the files. A download that has begun
keeps its open file and completes. All functions may run concurrently and repeatedly.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.database import reading, serialize_writers, writing
from ffremote.db.models import Job, JobInput, Upload, UploadState
from ffremote.depot.protocol import DepotAway
from ffremote.errors import JobNotReady, UploadConflict, UploadNotFound
from ffremote.files.storage import Storage
from ffremote.states import FailureReason, JobState

from . import inputs, store, totals
from .fleet import job_logs, upload_parts
from .journal import changes, counters

log = logging.getLogger(__name__)

BATCH = 100


@dataclass(frozen=True, slots=True)
class Removed:
    """Ids of jobs and uploads: a cleanup removed, or would remove, their files."""

    jobs: Sequence[str]
    uploads: Sequence[str]


def cleanup(
    session: Session, storage: Storage, *, ttl: timedelta, dry_run: bool = False
) -> Removed:
    """Remove the files of jobs that ended more than `ttl` ago, and of expired uploads."""
    if dry_run:
        return Removed(_due_jobs(session, ttl), _due_uploads(session))
    jobs = expire_jobs(session, storage, ttl=ttl)
    uploads = expire_uploads(session, storage)
    upload_parts.forget_removed(session)
    totals.fold(session)
    counters.count(session)
    changes.prune(session)
    return Removed(jobs, uploads)


def expire_jobs(session: Session, storage: Storage, *, ttl: timedelta) -> list[str]:
    """Mark due jobs as expired and remove the files of all marked jobs; return the jobs' ids.

    Files that cannot be removed are logged and left to the next run; the others are removed.
    """
    while _mark_jobs(session, ttl):
        pass
    marked = _marked_jobs(session)
    return [job_id for job_id in marked if _try_to_empty_job(session, storage, job_id)]


def remove_result(session: Session, storage: Storage, job_id: str) -> None:
    """Remove a final job's files now; keep its row. Raise JobNotFound or JobNotReady."""
    job = store.find(session, job_id)
    if not job.state.is_final:
        raise JobNotReady(
            f"The job {job_id} is {job.state}; cancel it first, or wait until it has ended.",
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
    """Remove the expired uploads that no job needs; return their ids."""
    removed: list[str] = []
    # Locked rows are read as they are now, not as they were when the statement began: the lifetime
    # of an upload is extended without `serialize_writers`.
    unused = select(Upload.id).where(*_unused_conditions()).limit(BATCH)
    unused = unused.with_for_update(skip_locked=True, of=Upload)
    while True:
        with writing(session):
            serialize_writers(session)
            removed_ids = session.scalars(
                update(Upload)
                .where(Upload.id.in_(unused))
                .values(state=UploadState.REMOVED)
                .returning(Upload.id)
            ).all()
            _fail_waiting(session, removed_ids)
        if not removed_ids:
            return removed
        for upload_id in removed_ids:
            _try_to_discard_upload(storage, upload_id)
        removed.extend(removed_ids)


def remove_upload(session: Session, storage: Storage, upload_id: str) -> None:
    """Remove an upload on request; jobs that wait for the rest of it fail.

    Raise UploadNotFound, and UploadConflict when it is complete and a job still needs it.
    """
    store.require_upload_id(upload_id)
    used = and_(Upload.state == UploadState.COMPLETE, inputs.used_by(Job.finished_at.is_(None)))
    with writing(session):
        serialize_writers(session)  # no job may name the upload at the same instant
        removed_ids = session.scalars(
            update(Upload)
            .where(Upload.id == upload_id, Upload.state != UploadState.REMOVED, ~used)
            .values(state=UploadState.REMOVED)
            .returning(Upload.id)
        ).all()
        _fail_waiting(session, removed_ids)
    if not removed_ids:
        if store.find_upload(session, upload_id).state is UploadState.REMOVED:
            raise UploadNotFound(upload_id)
        raise UploadConflict(
            f"A job that has not ended needs the upload {upload_id}.", upload_id=upload_id
        )
    storage.discard_upload(upload_id)


def _mark_jobs(session: Session, ttl: timedelta) -> list[str]:
    due = select(Job.id).where(*_due_conditions(ttl)).limit(BATCH)
    with writing(session):
        marked = session.scalars(
            update(Job).where(Job.id.in_(due)).values(expired_at=utc_now()).returning(Job.id)
        )
        return list(marked)


def _marked_jobs(session: Session) -> list[str]:
    """Return the expired jobs that still have files, those of an interrupted run included."""
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


def _try_to_empty_job(session: Session, storage: Storage, job_id: str) -> bool:
    try:
        _empty_job(session, storage, job_id)
    except (OSError, DepotAway) as exc:
        log.error("job %s: its files cannot be removed: %s", job_id, exc)
        return False
    return True


def _try_to_discard_upload(storage: Storage, upload_id: str) -> None:
    """Remove an upload's files; if that fails, a later sweep finds them by the row's state."""
    try:
        storage.discard_upload(upload_id)
    except (OSError, DepotAway) as exc:
        log.error("upload %s: its files cannot be removed: %s", upload_id, exc)


def _empty_job(session: Session, storage: Storage, job_id: str) -> None:
    storage.discard_job(job_id)
    with writing(session):
        session.execute(
            update(Job)
            .where(Job.id == job_id, Job.expired_at.is_not(None))
            .values(files_removed_at=utc_now())
        )
        job_logs.remove(session, job_id)
    log.info("job %s: files removed", job_id)


def _fail_waiting(session: Session, upload_ids: Sequence[str]) -> None:
    """Fail the jobs that wait for removed uploads, or read them meanwhile; name one of several."""
    several = exists().where(JobInput.job_id == Job.id)
    first = Job.upload_id.in_(upload_ids)
    _abandon(session, "its input", first, ~several)
    _abandon(session, "inputs[0]", first, several)
    others = select(JobInput).where(JobInput.upload_id.in_(upload_ids))
    for row in session.scalars(others.order_by(JobInput.position)).all():
        _abandon(session, f"inputs[{row.position}]", Job.id == row.job_id)


def _abandon(session: Session, name: str, *job: ColumnElement[bool]) -> None:
    is_reading = and_(Job.state == JobState.RUNNING, Job.input_ready_at.is_(None))
    waits = or_(Job.state == JobState.QUEUED, is_reading)
    session.execute(
        update(Job)
        .where(waits, *job)
        .values(
            state=JobState.FAILED,
            claim_token=None,
            phase=None,
            finished_at=utc_now(),
            error_reason=FailureReason.UPLOAD_ABANDONED,
            error_message=f"The upload of {name} was removed before it was complete.",
            error_details={},
        )
    )


def _due_conditions(ttl: timedelta) -> tuple[ColumnElement[bool], ...]:
    return (
        Job.finished_at.is_not(None),
        Job.files_removed_at.is_(None),
        Job.expired_at.is_(None),
        Job.finished_at < utc_now() - ttl,
    )


def _unused_conditions() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of an expired upload: incomplete, or all of its jobs have expired."""
    used = inputs.used_by(Job.files_removed_at.is_(None))
    needed = and_(Upload.state == UploadState.COMPLETE, used)
    return (Upload.state != UploadState.REMOVED, Upload.expires_at < utc_now(), ~needed)


def _due_jobs(session: Session, ttl: timedelta) -> list[str]:
    with reading(session):
        return list(session.scalars(select(Job.id).where(*_due_conditions(ttl))))


def _due_uploads(session: Session) -> list[str]:
    with reading(session):
        return list(session.scalars(select(Upload.id).where(*_unused_conditions())))
