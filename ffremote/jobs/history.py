"""Removes the rows of jobs that ended long ago, if the operator asked for it.

A job goes with its inputs, files, labels and idempotency key; an upload goes when no row names it.
Only rows without files are removed: `retention` has removed those before. Each transaction is
short, so that the service goes on meanwhile, and a run that is interrupted is taken up by the next.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select, tuple_
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.database import reading, serialize_writers, writing
from ffremote.db.job_file import JobFile
from ffremote.db.models import Job, JobInput, Upload, UploadState

log = logging.getLogger(__name__)

BATCH = 100


def count_old(session: Session, age: timedelta) -> int:
    """Return how many jobs `forget` would remove."""
    with reading(session):
        query = select(func.count()).select_from(Job).where(*_old_jobs(utc_now() - age))
        return session.scalar(query) or 0


def forget(session: Session, age: timedelta) -> int:
    """Remove the jobs that ended more than `age` ago, and unused uploads as old; count the jobs."""
    before = utc_now() - age
    removed = 0
    position: tuple[datetime, str] | None = None
    while batch := _next_jobs(session, before, position):
        removed += _remove_jobs(session, [job_id for _, job_id in batch], before)
        position = batch[-1]
    while _remove_uploads(session, before):
        pass
    if removed:
        log.info("history: %d jobs removed", removed)
    return removed


def _old_jobs(before: datetime) -> tuple[ColumnElement[bool], ...]:
    # `created_at` is there for its index: no job ends before it is created.
    return (
        Job.created_at < before,
        Job.finished_at.is_not(None),
        Job.finished_at < before,
        Job.files_removed_at.is_not(None),
    )


def _next_jobs(
    session: Session, before: datetime, position: tuple[datetime, str] | None
) -> list[tuple[datetime, str]]:
    """Return the next old jobs, oldest first, after the one at `position`."""
    columns = (Job.created_at, Job.id)
    query = select(*columns).where(*_old_jobs(before)).order_by(*columns).limit(BATCH)
    if position is not None:
        query = query.where(tuple_(*columns) > position)
    with reading(session):
        return [(created_at, job_id) for created_at, job_id in session.execute(query)]


def _remove_jobs(session: Session, job_ids: list[str], before: datetime) -> int:
    """Remove these jobs, unless they changed; return how many were removed."""
    with reading(session):
        several = session.scalars(
            select(JobFile.job_id).where(JobFile.job_id.in_(job_ids), JobFile.position == 0)
        ).all()
    for job_id in several:  # up to 20,000 rows each: a transaction of its own
        with writing(session):
            session.execute(delete(JobFile).where(JobFile.job_id == job_id))
    with writing(session):
        removed = session.scalars(
            delete(Job).where(Job.id.in_(job_ids), *_old_jobs(before)).returning(Job.id)
        )
        return len(removed.all())


def _remove_uploads(session: Session, before: datetime) -> bool:
    """Remove some uploads whose files are gone and that no job names; return whether any was."""
    unused = (
        select(Upload.id)
        .where(
            Upload.state == UploadState.REMOVED,
            Upload.expires_at < before,
            ~exists().where(Job.upload_id == Upload.id),
            ~exists().where(JobInput.upload_id == Upload.id),
        )
        .limit(BATCH)
    )
    with writing(session):
        serialize_writers(session)  # no job may name the upload at the same instant
        removed = session.scalars(delete(Upload).where(Upload.id.in_(unused)).returning(Upload.id))
        return bool(removed.all())
