"""How jobs are looked at in numbers: lists, totals and places in the queue, all on indexes."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_, union_all
from sqlalchemy.orm import Session

from ffremote.clock import from_iso, to_iso
from ffremote.db.database import reading
from ffremote.db.models import Job, JobLabel, JobTotal, Upload
from ffremote.db.types import QUEUED, RUNNING
from ffremote.errors import InvalidArgument
from ffremote.files.storage import is_id
from ffremote.states import JobState

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the last job's place in the order newest first."""

    created_at: datetime
    job_id: str

    def encode(self) -> str:
        """Return the opaque text that the next request brings back."""
        text = f"{to_iso(self.created_at, timespec='microseconds')} {self.job_id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read what `encode` wrote; raise InvalidArgument for anything else."""
        try:
            padded = text + "=" * (-len(text) % 4)
            created_at, job_id = base64.urlsafe_b64decode(padded).decode("ascii").split(" ")
            if not is_id(job_id):
                raise ValueError(f"{job_id!r} is not an id")
            return cls(from_iso(created_at), job_id)
        except (ValueError, binascii.Error) as exc:
            raise InvalidArgument(
                "cursor", f"{text[:100]!r} is not a cursor of this server."
            ) from exc


@dataclass(frozen=True, slots=True)
class Label:
    """A name and a value to find jobs by."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some jobs, newest first, of `total` that match; `next` is None on the last page.

    `uploads` are their inputs, by id.
    """

    items: Sequence[Job]
    uploads: Mapping[str, Upload]
    total: int
    next: Cursor | None


def newest(
    session: Session,
    *,
    states: Sequence[JobState] = (),
    label: Label | None = None,
    limit: int = 50,
    after: Cursor | None = None,
) -> Page:
    """Return one page of jobs, newest first; the cost does not grow with the jobs before it."""
    with reading(session):
        found = session.scalars(_page(states, label, limit + 1, after)).all()
        total = session.scalar(_total(states, label)) or 0
        items = found[:limit]
        uploads = _uploads(session, items)
    end = Cursor(items[-1].created_at, items[-1].id) if len(found) > limit else None
    return Page(items, uploads, total, end)


def queue_position(session: Session, job: Job) -> int | None:
    """Return how many claims it takes until this job's turn, 1 for the next; None if not queued."""
    if job.state is not JobState.QUEUED:
        return None
    with reading(session):
        ahead = session.scalar(_ahead(job))
    return (ahead or 0) + 1


def totals(session: Session) -> dict[JobState, int]:
    """Return how many jobs are in each state."""
    with reading(session):
        rows = session.scalars(select(JobTotal)).all()
    return {row.state: row.total for row in rows}


def oldest_claimable(session: Session) -> datetime | None:
    """Return since when the job that will be claimed next has waited."""
    with reading(session):
        return session.scalar(
            select(Job.input_ready_at)
            .where(Job.state == QUEUED, Job.input_ready_at.is_not(None))
            .order_by(Job.rank, Job.id)
            .limit(1)
        )


def count_queued(session: Session) -> int:
    """Return how many jobs wait."""
    with reading(session):
        return session.scalar(_total([JobState.QUEUED], None)) or 0


def _uploads(session: Session, jobs: Sequence[Job]) -> dict[str, Upload]:
    """Read the inputs of a page of jobs in one query."""
    wanted = select(Upload).where(Upload.id.in_({job.upload_id for job in jobs}))
    found = session.scalars(wanted.execution_options(populate_existing=True))
    return {upload.id: upload for upload in found}


def _page(
    states: Sequence[JobState], label: Label | None, limit: int, after: Cursor | None
) -> Select[Job]:
    """One indexed walk for each state, since a walk over all would pass the others' rows."""
    if not states:
        return _walk(select(Job), label, limit, after)
    walks = [_walk(select(Job.id).where(*_in(s)), label, limit, after) for s in set(states)]
    if len(walks) == 1:
        return _walk(select(Job).where(*_in(states[0])), label, limit, after)
    ids = union_all(*(select(walk.subquery().c.id) for walk in walks)).subquery()
    query = select(Job).where(Job.id.in_(select(ids.c.id)))
    return query.order_by(Job.created_at.desc(), Job.id.desc()).limit(limit)


def _in(state: JobState) -> tuple[ColumnElement[bool], ...]:
    """Name a state as the partial index over it does."""
    if state.is_final:
        return (Job.state == state, Job.finished_at.is_not(None))
    return (Job.state == (QUEUED if state is JobState.QUEUED else RUNNING),)


def _walk(query: Select[T], label: Label | None, limit: int, after: Cursor | None) -> Select[T]:
    if label is not None:
        query = query.where(_labeled(label))
    if after is not None:
        # Without its type the time would be bound in a form that no row has.
        end = tuple_(after.created_at, after.job_id, types=(Job.created_at.type, Job.id.type))
        query = query.where(tuple_(Job.created_at, Job.id) < end)
    return query.order_by(Job.created_at.desc(), Job.id.desc()).limit(limit)


def _total(states: Sequence[JobState], label: Label | None) -> Select[int]:
    if label is None:
        totals = select(func.coalesce(func.sum(JobTotal.total), 0))
        return totals.where(JobTotal.state.in_(states)) if states else totals
    labeled = select(func.count()).select_from(Job).where(_labeled(label))
    return labeled.where(Job.state.in_(states)) if states else labeled


def _labeled(label: Label) -> ColumnElement[bool]:
    return exists().where(
        JobLabel.job_id == Job.id, JobLabel.name == label.name, JobLabel.value == label.value
    )


def _ahead(job: Job) -> Select[int]:
    """Count the claimable jobs before this one, on the index that claims use."""
    return (
        select(func.count())
        .select_from(Job)
        .where(
            Job.state == QUEUED,
            Job.input_ready_at.is_not(None),
            tuple_(Job.rank, Job.id) < tuple_(job.rank, job.id),
        )
    )
