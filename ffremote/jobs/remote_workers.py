"""Workers over HTTP in the registry: rows that a token owns, and what became of their claims."""

from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ffremote.db.database import reading, writing
from ffremote.db.models import Job, Worker
from ffremote.db.types import RUNNING, DatabaseNow
from ffremote.errors import Forbidden, NotFound, QueueFull
from ffremote.states import JobState, WorkerState

PLACE = "remote"
"""Where they run, in the form of `ffremote.host.place`: no process here has locks or PIDs of it."""
MAX_WORKERS = 1000  # rows of one token; those that were silent for a week are removed
CLAIMS_PER_SLOT = 2


class Standing(StrEnum):
    """What became of a claim."""

    HELD = "held"
    RELEASED = "released"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    LOST = "lost"


_ENDED = {
    JobState.COMPLETED: Standing.COMPLETED,
    JobState.FAILED: Standing.FAILED,
    JobState.CANCELED: Standing.CANCELED,
}


def place_of(worker_id: str) -> str:
    """Return the place of a worker over HTTP."""
    return f"{PLACE}/{worker_id}"


def register(session: Session, worker: Worker) -> None:
    """Store the row of a worker, which names its token; the same worker may register again.

    Raise Forbidden if another token has a worker of this id, QueueFull if this one has too many.
    """
    with reading(session):
        count = session.scalar(
            select(func.count())
            .select_from(Worker)
            .where(Worker.token_hash == worker.token_hash, Worker.id != worker.id)
        )
    if (count or 0) >= MAX_WORKERS:
        raise QueueFull(f"This token has {count} workers already; cleanup forgets those of old.")
    try:
        with writing(session):
            session.add(worker)
    except IntegrityError:
        _register_again(session, worker)


def _register_again(session: Session, worker: Worker) -> None:
    names = (
        *("host", "pid", "version", "concurrency"),
        *("ffmpeg_version", "sandbox", "capabilities", "labels"),
    )
    values = {name: getattr(worker, name) for name in names}
    with writing(session):
        found = session.scalar(
            update(Worker)
            .where(Worker.id == worker.id, Worker.token_hash == worker.token_hash)
            .values(**values, state=WorkerState.UP, heartbeat_at=DatabaseNow())
            .returning(Worker.id)
        )
    if found is None:
        raise Forbidden("The worker of this id has another token.")


def beat(
    session: Session,
    worker_id: str,
    token_hash: str,
    state: WorkerState | None = None,
    free_bytes: int | None = None,
) -> bool:
    """Record that a worker is alive, and what is given of it; return whether to drain.

    Raise NotFound unless the token has this worker.
    """
    given = {"state": state, "free_bytes": free_bytes}
    changed = {name: value for name, value in given.items() if value is not None}
    with writing(session, relaxed=state is None):
        found = session.execute(
            update(Worker)
            .where(Worker.id == worker_id, Worker.token_hash == token_hash)
            .values(heartbeat_at=DatabaseNow(), **changed)
            .returning(Worker.drain_requested_at)
        ).one_or_none()
    if found is None:
        raise not_registered(worker_id)
    return found.drain_requested_at is not None


def require(session: Session, worker_id: str, token_hash: str) -> None:
    """Raise NotFound unless the token has this worker."""
    query = select(Worker.id).where(Worker.id == worker_id, Worker.token_hash == token_hash)
    with reading(session):
        if session.scalar(query) is None:
            raise not_registered(worker_id)


def require_free_slot(session: Session, worker_id: str) -> None:
    """Raise QueueFull if a worker holds many more jobs than it said that it runs at a time.

    Twice as many: the job of a slot that died is held for a lease, and another is in its place.
    """
    held = select(func.count()).where(Job.state == RUNNING, Job.worker_id == worker_id)
    query = select(Worker.concurrency, held.scalar_subquery()).where(Worker.id == worker_id)
    with reading(session):
        concurrency, count = session.execute(query).one()
    if count >= CLAIMS_PER_SLOT * concurrency:
        raise QueueFull(
            f"This worker holds {count} jobs, and it said that it runs {concurrency} at a time; "
            "it gets another when one of them ends.",
            held=count,
            concurrency=concurrency,
        )


def not_registered(worker_id: str) -> NotFound:
    """Return the error for a worker that has no row, or one of another token."""
    return NotFound(f"There is no worker {worker_id!r} of this token; register it first.")


def standing(session: Session, job_id: str, token: str, token_hash: str) -> Standing:
    """Return what became of the claim `token` of a worker with the access token `token_hash`."""
    query = (
        select(Job.state, Job.claim_token, Job.log_token, Worker.token_hash)
        .outerjoin(Worker, Worker.id == Job.worker_id)
        .where(Job.id == job_id)
    )
    with reading(session):
        row = session.execute(query).one_or_none()
    if row is None:
        return Standing.LOST
    state, claim_token, log_token, owner = row
    if state is JobState.QUEUED and log_token == token:
        return Standing.RELEASED
    if owner != token_hash:
        return Standing.LOST
    if claim_token == token:
        return Standing.HELD
    return _ENDED.get(state, Standing.LOST) if log_token == token else Standing.LOST
