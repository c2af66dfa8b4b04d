"""Worker rows: who works here, since when, with what, and who shall stop."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.database import reading, writing
from ffremote.db.models import Job, Worker, WorkerState
from ffremote.errors import NotFound
from ffremote.files.storage import Storage
from ffremote.host import locks, processes

HEARTBEAT_INTERVAL = timedelta(seconds=5)
ALIVE_WITHIN = (
    4 * HEARTBEAT_INTERVAL
)  # a worker elsewhere that was silent for longer is not counted on
FORGET_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LiveWorker:
    """A worker that lives, without the long text of what it can do."""

    id: str
    concurrency: int
    drains: bool = False
    """It takes no new job."""


def register(session: Session, worker: Worker) -> None:
    """Store the row of a worker that starts."""
    with writing(session):
        session.add(worker)


def record_heartbeat(session: Session, worker_id: str) -> None:
    """Say that the worker lives."""
    with writing(session, relaxed=True):
        session.execute(update(Worker).where(Worker.id == worker_id).values(heartbeat_at=utc_now()))


def is_asked_to_drain(session: Session, worker_id: str) -> bool:
    """Whether somebody asked the worker from outside to drain."""
    with reading(session):
        asked = select(Worker.drain_requested_at).where(Worker.id == worker_id)
        return session.scalar(asked) is not None


def set_state(session: Session, worker_id: str, state: WorkerState) -> None:
    """Write what the worker does from now on."""
    with writing(session):
        session.execute(
            update(Worker).where(Worker.id == worker_id).values(state=state, heartbeat_at=utc_now())
        )


def request_drain(session: Session, worker_id: str) -> Worker:
    """Ask a worker to finish what runs and take nothing more; raise NotFound."""
    return _ask(session, worker_id, utc_now(), Worker.drain_requested_at.is_(None))


def request_undrain(session: Session, worker_id: str) -> Worker:
    """Take the request to drain back; raise NotFound."""
    return _ask(session, worker_id, None, Worker.drain_requested_at.is_not(None))


def _ask(
    session: Session, worker_id: str, moment: datetime | None, needed: ColumnElement[bool]
) -> Worker:
    with writing(session):
        session.execute(
            update(Worker).where(Worker.id == worker_id, needed).values(drain_requested_at=moment)
        )
    with reading(session):
        worker = session.get(Worker, worker_id, populate_existing=True)
    if worker is None:
        raise NotFound(f"There is no worker {worker_id!r}.", worker_id=worker_id)
    return worker


def alive(session: Session, storage: Storage) -> list[LiveWorker]:
    """Return the workers that live, the longest-serving first.

    On our own host the worker's lock says so, whatever its clock or ours may show; elsewhere it
    was heard of lately.
    """
    query = (
        select(
            Worker.id,
            Worker.concurrency,
            Worker.state,
            Worker.drain_requested_at,
            Worker.boot_id,
            Worker.heartbeat_at,
        )
        .where(Worker.state != WorkerState.GONE)
        .order_by(Worker.started_at)
    )
    with reading(session):
        rows = session.execute(query).all()
    return [
        LiveWorker(worker_id, concurrency, state is WorkerState.DRAINING or asked_at is not None)
        for worker_id, concurrency, state, asked_at, boot_id, heartbeat_at in rows
        if _lives(storage, worker_id, boot_id, heartbeat_at)
    ]


def by_ids(session: Session, worker_ids: Iterable[str]) -> Sequence[Worker]:
    """Return some workers whole, the longest-serving first."""
    query = select(Worker).where(Worker.id.in_(worker_ids)).order_by(Worker.started_at)
    with reading(session):
        return session.scalars(query).all()


def count_live_servers(storage: Storage) -> int:
    """Return how many servers live on our own host; they have no rows, only locks."""
    return sum(not locks.is_dead(lock) for lock in storage.server_locks())


def list_all(session: Session) -> Sequence[Worker]:
    """Return all workers that are remembered, the newest first."""
    with reading(session):
        return session.scalars(select(Worker).order_by(Worker.started_at.desc())).all()


def forget_gone(session: Session) -> None:
    """Remove the rows of workers of long ago that no job names."""
    with writing(session):
        session.execute(
            delete(Worker).where(
                Worker.heartbeat_at < utc_now() - FORGET_AFTER,
                ~exists().where(Job.worker_id == Worker.id),
            )
        )


def _lives(storage: Storage, worker_id: str, boot_id: str, heartbeat_at: datetime) -> bool:
    if boot_id == processes.boot_id():
        return not locks.is_dead(storage.lock(worker_id))
    return heartbeat_at > utc_now() - ALIVE_WITHIN
