"""The front desk's SQL: jobs and uploads come in, are looked at and are canceled."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_, union_all, update
from sqlalchemy.orm import Session

from .clock import from_iso, to_iso, utc_now
from .database import reading, writing
from .errors import InvalidArgument, JobFinished, JobNotFound, UploadNotFound
from .models import ARRIVING, QUEUED, RUNNING, Job, JobLabel, JobTotal, Upload, UploadState
from .states import JobState, Phase

PRIORITY_STEP_MS = 600_000  # one step of priority is a head start of ten minutes


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
            return cls(from_iso(created_at), job_id)
        except (ValueError, binascii.Error) as exc:
            raise InvalidArgument("cursor", f"{text!r} is no cursor of this server.") from exc


@dataclass(frozen=True, slots=True)
class Label:
    """A name and a value to find jobs by."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some jobs, newest first, of `total` that match; `next` is None on the last page."""

    items: Sequence[Job]
    total: int
    next: Cursor | None


def rank(created_at: datetime, priority: int) -> int:
    """Return a job's place in the queue, lowest first: its creation in ms less its head start.

    Priority is a head start in time, so that an old job passes a new important one at last.
    """
    return round(created_at.timestamp() * 1000) - priority * PRIORITY_STEP_MS


def add(session: Session, job: Job, *, labels: dict[str, str], upload: Upload | None) -> None:
    """Store a new job, its labels and its upload, or nothing.

    Without `upload` the job joins the one that it names, whole or still arriving; raises
    UploadNotFound when that is gone.
    """
    with writing(session):
        if upload is not None:
            session.add(upload)
            session.flush()
        _join(session, job)
        session.add(job)
        session.flush()
        session.add_all(JobLabel(job_id=job.id, name=n, value=v) for n, v in labels.items())


def find(session: Session, job_id: str) -> Job:
    """Return a job as it is now; raise JobNotFound."""
    with reading(session):
        job = session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise JobNotFound(job_id)
    return job


def find_by_key(session: Session, idempotency_key: str) -> Job | None:
    """Return the job that an idempotency key made, while its row lives."""
    with reading(session):
        return session.scalar(select(Job).where(Job.idempotency_key == idempotency_key))


def find_upload(session: Session, upload_id: str) -> Upload:
    """Return an upload as it is now; raise UploadNotFound."""
    with reading(session):
        upload = session.get(Upload, upload_id, populate_existing=True)
    if upload is None:
        raise UploadNotFound(upload_id)
    return upload


def find_content(session: Session, *, sha256: str, size: int) -> Upload | None:
    """Return a whole upload of these very bytes, the one that is kept longest."""
    with reading(session):
        return session.scalar(
            select(Upload)
            .where(
                Upload.sha256 == sha256,
                Upload.bytes_expected == size,
                Upload.state == UploadState.COMPLETE,
            )
            .order_by(Upload.expires_at.desc())
            .limit(1)
        )


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
    more = len(found) > limit
    return Page(items, total, Cursor(items[-1].created_at, items[-1].id) if more else None)


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


def promised_bytes(session: Session) -> int:
    """Return what is still to be written: the rest of arriving uploads, and live jobs' results.

    A result is as large as its job's input until it is there, for want of a better guess. Both
    sums walk an index that holds what is alive and nothing else.
    """
    rest = func.coalesce(Upload.bytes_expected, 0) - Upload.bytes_received
    with reading(session):
        arriving = session.scalar(select(func.sum(rest)).where(Upload.state == ARRIVING))
        results = session.scalar(
            select(func.sum(Job.output_estimate_bytes)).where(Job.finished_at.is_(None))
        )
    return int(arriving or 0) + int(results or 0)


def request_cancel(session: Session, job_id: str) -> Job:
    """Cancel a job that is not final; the one UPDATE here is what decides.

    Its claim loses its token by it, so that its worker learns of it at the next report and can
    change nothing any more. Canceling again is fine. Raises JobFinished and JobNotFound.
    """
    now = utc_now()
    with writing(session):
        session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
            .values(
                state=JobState.CANCELED,
                cancel_requested_at=now,
                finished_at=now,
                claim_token=None,
                phase=None,
                message="Canceled on request.",
            )
        )
    job = find(session, job_id)
    if job.state is not JobState.CANCELED:
        raise JobFinished(
            f"The job {job_id} is {job.state} already; there is nothing to cancel.",
            state=job.state,
        )
    return job


def add_upload(session: Session, upload: Upload) -> None:
    """Store an upload that no job names yet."""
    with writing(session):
        session.add(upload)


def keep_upload(
    session: Session, upload_id: str, *, expires_at: datetime, received: int | None = None
) -> None:
    """Put off the end of an upload that is being written to or asked for.

    Raises UploadNotFound when it was removed.
    """
    values: dict[str, Any] = {"expires_at": expires_at}
    if received is not None:
        values["bytes_received"] = received
    with writing(session, relaxed=True):
        found = session.scalar(
            update(Upload)
            .where(Upload.id == upload_id, Upload.state != UploadState.REMOVED)
            .values(**values)
            .returning(Upload.id)
        )
    if found is None:
        raise UploadNotFound(upload_id)


def count_arriving(session: Session) -> int:
    """Return how many uploads have begun and not ended."""
    with reading(session):
        return (
            session.scalar(
                select(func.count())
                .select_from(Upload)
                .where(Upload.state == UploadState.ARRIVING, Upload.expires_at > utc_now())
            )
            or 0
        )


def complete_upload(session: Session, upload_id: str, *, sha256: str) -> list[str]:
    """Record that an upload is whole; its waiting jobs can be claimed from now on.

    Returns the ids of these jobs; raises UploadNotFound when it was removed meanwhile.
    """
    now = utc_now()
    with writing(session):
        won = session.scalar(
            update(Upload)
            .where(Upload.id == upload_id, Upload.state == UploadState.ARRIVING)
            .values(
                state=UploadState.COMPLETE,
                sha256=sha256,
                bytes_received=Upload.bytes_expected,
                completed_at=now,
            )
            .returning(Upload.id)
        )
        if won is None:
            raise UploadNotFound(upload_id)
        return list(
            session.scalars(
                update(Job)
                .where(Job.upload_id == upload_id, Job.state == JobState.QUEUED)
                .values(input_ready_at=now, phase=Phase.QUEUED)
                .returning(Job.id)
            )
        )


def _join(session: Session, job: Job) -> None:
    """Decide inside the transaction whether the upload is there and whole."""
    state = session.scalar(select(Upload.state).where(Upload.id == job.upload_id).with_for_update())
    if state in (None, UploadState.REMOVED):
        raise UploadNotFound(job.upload_id)
    whole = state is UploadState.COMPLETE
    job.phase = Phase.QUEUED if whole else Phase.UPLOADING
    job.input_ready_at = job.created_at if whole else None


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
