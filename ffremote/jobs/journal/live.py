"""What is going on now, read once a second for all who watch: none of it walks old jobs."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from ffremote.db.database import reading
from ffremote.db.models import ARRIVING, Job, Upload
from ffremote.db.types import QUEUED, RUNNING

from .. import inputs

MOST_RUNNING, MOST_NAMED = 5000, 500
MOST_UPLOADS = 200
FIRST_IN_QUEUE = 50


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A running job as its worker last reported it; `progress` is JSON text."""

    id: str
    phase: str | None
    percent: int
    message: str | None
    progress: str | None


def running(
    session: Session, *, newest: int, besides: Collection[str] = frozenset()
) -> list[RunningJob]:
    """Return the newest running jobs, then those of `besides` that run too.

    Of more than `MOST_NAMED` others, those among the newest `MOST_RUNNING` are found.
    """
    progress = cast(Job.progress, Text)
    query = select(Job.id, Job.phase, Job.progress_percent, Job.message, progress)
    ordered = query.where(Job.state == RUNNING).order_by(Job.created_at.desc(), Job.id.desc())
    with reading(session):
        first = [RunningJob(*row) for row in session.execute(ordered.limit(newest))]
        others = frozenset(besides).difference(job.id for job in first)
        if not others or len(first) < newest:
            return first
        if len(others) <= MOST_NAMED:
            further = query.where(Job.id.in_(others), Job.state == RUNNING)
        else:
            further = ordered.limit(MOST_RUNNING).offset(newest)
        found = (RunningJob(*row) for row in session.execute(further))
        return [*first, *(job for job in found if job.id in others)]


def uploading(session: Session) -> list[str]:
    """Return the jobs that wait for the uploads that were begun last."""
    arriving = select(Upload.id).where(Upload.state == ARRIVING)
    with reading(session):
        newest = session.scalars(arriving.order_by(Upload.created_at.desc()).limit(MOST_UPLOADS))
        uploads = newest.all()
        if not uploads:
            return []
        waiting = select(Job.id).where(inputs.uses(uploads), Job.state == QUEUED)
        return list(session.scalars(waiting.limit(MOST_UPLOADS)))


def first_in_queue(session: Session) -> list[str]:
    """Return the jobs that are claimed next, in their order."""
    query = select(Job.id).where(Job.state == QUEUED, Job.input_ready_at.is_not(None))
    with reading(session):
        return list(session.scalars(query.order_by(Job.rank, Job.id).limit(FIRST_IN_QUEUE)))
