"""Totals and queue positions of jobs, all answered from indexes."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from ffremote.db.database import reading
from ffremote.db.models import Job
from ffremote.db.types import QUEUED
from ffremote.states import JobState

from . import totals

T = TypeVar("T")


def queue_position(session: Session, job: Job) -> int | None:
    """Return the job's position in the queue, 1 for the next to be claimed; None if not queued."""
    if job.state is not JobState.QUEUED:
        return None
    with reading(session):
        ahead = session.scalar(_ahead(job))
    return (ahead or 0) + 1


def oldest_claimable(session: Session) -> datetime | None:
    """Return since when the job that is claimed next has been claimable; None if there is none."""
    with reading(session):
        return session.scalar(
            select(Job.input_ready_at)
            .where(Job.state == QUEUED, Job.input_ready_at.is_not(None))
            .order_by(Job.rank, Job.id)
            .limit(1)
        )


def count_queued(session: Session) -> int:
    """Return the number of queued jobs."""
    with reading(session):
        return session.scalar(totals.in_states([JobState.QUEUED])) or 0


def _ahead(job: Job) -> Select[int]:
    """Count the claimable jobs before this one, with the index that claims use."""
    return (
        select(func.count())
        .select_from(Job)
        .where(
            Job.state == QUEUED,
            Job.input_ready_at.is_not(None),
            tuple_(Job.rank, Job.id) < tuple_(job.rank, job.id),
        )
    )
