"""Lists, totals and queue positions of jobs, all answered from indexes."""

import base64
import binascii
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_, union_all
from sqlalchemy.orm import Session

from ffremote.clock import from_iso, to_iso
from ffremote.db.database import reading
from ffremote.db.models import Job, JobLabel, Upload
from ffremote.db.types import QUEUED, RUNNING
from ffremote.errors import InvalidArgument
from ffremote.ids import is_id
from ffremote.states import JobState

from . import inputs, totals

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The end of a page: the position of its last job, newest first."""

    created_at: datetime
    job_id: str

    def encode(self) -> str:
        """Return the opaque text that the next request contains."""
        text = f"{to_iso(self.created_at, timespec='microseconds')} {self.job_id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Self:
        """Parse the output of `encode`; raise InvalidArgument for any other text."""
        try:
            padded = text + "=" * (-len(text) % 4)
            created_at, job_id = base64.urlsafe_b64decode(padded).decode("ascii").split(" ")
            if not is_id(job_id):
                raise ValueError(f"{job_id!r} is not an id")
            return cls(from_iso(created_at), job_id)
        except (ValueError, binascii.Error) as exc:
            raise InvalidArgument(
                "cursor", f"{text[:100]!r} is not a cursor that this server returned."
            ) from exc


@dataclass(frozen=True, slots=True)
class Label:
    """A name and a value by which jobs are filtered."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the `total` jobs that match, newest first; `next` is None on the last page.

    `uploads` are the jobs' inputs in their order, by job id.
    """

    items: Sequence[Job]
    uploads: Mapping[str, Sequence[Upload]]
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
    """Return one page of jobs, newest first; its cost does not depend on its position."""
    with reading(session):
        found = session.scalars(_page(states, label, limit + 1, after)).all()
        total = session.scalar(_total(states, label)) or 0
        items = found[:limit]
        uploads = _uploads(session, items)
    end = Cursor(items[-1].created_at, items[-1].id) if len(found) > limit else None
    return Page(items, uploads, total, end)


def some(session: Session, job_ids: Collection[str]) -> Page:
    """Return those of some jobs that there are, with their uploads, read from the database now."""
    wanted = select(Job).where(Job.id.in_(job_ids))
    with reading(session):
        found = session.scalars(wanted.execution_options(populate_existing=True)).all()
        uploads = _uploads(session, found)
    return Page(found, uploads, len(found), None)


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
        return session.scalar(_total([JobState.QUEUED], None)) or 0


def _uploads(session: Session, jobs: Sequence[Job]) -> dict[str, list[Upload]]:
    """Read the inputs of a page of jobs in one query, and in one more if a job has several."""
    further = inputs.further_of(session, jobs)
    ids = {job.id: inputs.in_order(job.upload_id, further.get(job.id, ())) for job in jobs}
    wanted = select(Upload).where(
        Upload.id.in_({each for of_job in ids.values() for each in of_job})
    )
    found = session.scalars(wanted.execution_options(populate_existing=True))
    by_id = {upload.id: upload for upload in found}
    return {job_id: [by_id[each] for each in of_job] for job_id, of_job in ids.items()}


def _page(
    states: Sequence[JobState], label: Label | None, limit: int, after: Cursor | None
) -> Select[Job]:
    """Build one index scan per state: a scan over all states would read the rows of the others."""
    if not states:
        return _scan(select(Job), label, limit, after)
    scans = [_scan(select(Job.id).where(*_in_state(s)), label, limit, after) for s in set(states)]
    if len(scans) == 1:
        return _scan(select(Job).where(*_in_state(states[0])), label, limit, after)
    ids = union_all(*(select(scan.subquery().c.id) for scan in scans)).subquery()
    query = select(Job).where(Job.id.in_(select(ids.c.id)))
    return query.order_by(Job.created_at.desc(), Job.id.desc()).limit(limit)


def _in_state(state: JobState) -> tuple[ColumnElement[bool], ...]:
    """Return the condition of a state in the words of its partial index."""
    if state.is_final:
        return (Job.state == state, Job.finished_at.is_not(None))
    return (Job.state == (QUEUED if state is JobState.QUEUED else RUNNING),)


def _scan(query: Select[T], label: Label | None, limit: int, after: Cursor | None) -> Select[T]:
    if label is not None:
        query = query.where(_labeled(label))
    if after is not None:
        # Without its type the time is bound in a format that no row has.
        end = tuple_(after.created_at, after.job_id, types=(Job.created_at.type, Job.id.type))
        query = query.where(tuple_(Job.created_at, Job.id) < end)
    return query.order_by(Job.created_at.desc(), Job.id.desc()).limit(limit)


def _total(states: Sequence[JobState], label: Label | None) -> Select[int]:
    if label is None:
        return totals.in_states(states)
    labeled = select(func.count()).select_from(Job).where(_labeled(label))
    return labeled.where(Job.state.in_(states)) if states else labeled


def _labeled(label: Label) -> ColumnElement[bool]:
    return exists().where(
        JobLabel.job_id == Job.id, JobLabel.name == label.name, JobLabel.value == label.value
    )


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
