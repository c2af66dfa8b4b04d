"""Rows of workers: registration, heartbeat, requests to drain, which are alive."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.database import database_time, reading, writing, writing_alone
from ffremote.db.models import Job, Worker
from ffremote.db.types import RUNNING, DatabaseNow
from ffremote.errors import NotFound
from ffremote.files.storage import Storage
from ffremote.host import locks
from ffremote.host.place import place_of
from ffremote.ids import is_id
from ffremote.ledger.protocol import HEARTBEAT_SECONDS
from ffremote.states import WorkerState

HEARTBEAT_INTERVAL = timedelta(seconds=HEARTBEAT_SECONDS)
# A worker on another host that was silent for longer counts as dead.
ALIVE_WITHIN = 4 * HEARTBEAT_INTERVAL
FORGET_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LiveWorker:
    """A live worker, without its long list of capabilities."""

    id: str
    concurrency: int
    is_draining: bool = False
    """Whether it claims no new jobs."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which jobs a worker can have, besides what its FFmpeg can do."""

    labels: tuple[str, ...]
    free_bytes: int | None
    is_here: bool
    """Whether it runs on this host with this data directory, so that it has the files."""


def register(session: Session, worker: Worker) -> None:
    """Store the row of a new worker."""
    with writing(session):
        session.add(worker)


def record_heartbeat(session: Session, worker_id: str, free_bytes: int | None = None) -> None:
    """Record that the worker is alive now, and how much it can store if that matters."""
    values = {} if free_bytes is None else {"free_bytes": free_bytes}
    with writing_alone(session):
        session.execute(
            update(Worker)
            .where(Worker.id == worker_id)
            .values(heartbeat_at=DatabaseNow(), **values)
        )


def is_asked_to_drain(session: Session, worker_id: str) -> bool:
    """Return whether a drain of the worker was requested."""
    with reading(session):
        requested_at = select(Worker.drain_requested_at).where(Worker.id == worker_id)
        return session.scalar(requested_at) is not None


def set_state(session: Session, worker_id: str, state: WorkerState) -> None:
    """Record the state of the worker, and that it is alive now."""
    with writing(session):
        session.execute(
            update(Worker)
            .where(Worker.id == worker_id)
            .values(state=state, heartbeat_at=DatabaseNow())
        )


def request_drain(session: Session, worker_id: str) -> Worker:
    """Ask a worker to finish its running jobs and claim no more; raise NotFound."""
    return _set_drain_request(session, worker_id, utc_now(), Worker.drain_requested_at.is_(None))


def request_undrain(session: Session, worker_id: str) -> Worker:
    """Withdraw the request to drain; raise NotFound."""
    return _set_drain_request(session, worker_id, None, Worker.drain_requested_at.is_not(None))


def _set_drain_request(
    session: Session, worker_id: str, requested_at: datetime | None, condition: ColumnElement[bool]
) -> Worker:
    if not is_id(worker_id):  # PostgreSQL refuses the characters of some
        raise NotFound(f"There is no worker {worker_id!r}.", worker_id=worker_id)
    with writing(session):
        session.execute(
            update(Worker)
            .where(Worker.id == worker_id, condition)
            .values(drain_requested_at=requested_at)
        )
    with reading(session):
        worker = session.get(Worker, worker_id, populate_existing=True)
    if worker is None:
        raise NotFound(f"There is no worker {worker_id!r}.", worker_id=worker_id)
    return worker


def alive(session: Session, storage: Storage) -> list[LiveWorker]:
    """Return the live workers, oldest first.

    For a worker on this boot and data directory its lock file decides, independent of all clocks;
    for others the age of the last heartbeat, by the database's clock.
    """
    query = (
        select(
            Worker.id,
            Worker.concurrency,
            Worker.state,
            Worker.drain_requested_at,
            Worker.boot_id,
            Worker.heartbeat_at,
            DatabaseNow().label("now"),
        )
        .where(Worker.state != WorkerState.GONE)
        .order_by(Worker.started_at)
    )
    with reading(session):
        rows = session.execute(query).all()
    here = _here(storage)
    return [
        LiveWorker(
            row.id,
            row.concurrency,
            row.state is WorkerState.DRAINING or row.drain_requested_at is not None,
        )
        for row in rows
        if _is_alive(
            storage, row.id, age=None if row.boot_id == here else row.now - row.heartbeat_at
        )
    ]


def known_labels(session: Session) -> frozenset[str]:
    """Return the labels of all registered workers, those not alive included."""
    with reading(session):
        found = session.scalars(select(Worker.labels).where(Worker.labels.is_not(None))).all()
    return frozenset(label for labels in found for label in labels or ())


def reach(session: Session, storage: Storage, worker_ids: Iterable[str]) -> Mapping[str, Reach]:
    """Return what some workers can have, by their ids."""
    columns = (Worker.id, Worker.labels, Worker.free_bytes, Worker.boot_id)
    here = _here(storage)
    with reading(session):
        rows = session.execute(select(*columns).where(Worker.id.in_(worker_ids))).all()
    return {
        row.id: Reach(tuple(row.labels or ()), row.free_bytes, row.boot_id == here) for row in rows
    }


def host_of(session: Session, worker_id: str | None) -> str | None:
    """Return the host of a worker; None if it was forgotten."""
    if worker_id is None:
        return None
    with reading(session):
        return session.scalar(select(Worker.host).where(Worker.id == worker_id))


def running_jobs(session: Session) -> Mapping[str, int]:
    """Return how many jobs each worker runs that runs any."""
    query = select(Job.worker_id, func.count()).where(Job.state == RUNNING).group_by(Job.worker_id)
    with reading(session):
        return {worker_id: count for worker_id, count in session.execute(query) if worker_id}


def by_ids(session: Session, worker_ids: Iterable[str]) -> Sequence[Worker]:
    """Return the full rows of some workers, oldest first."""
    query = select(Worker).where(Worker.id.in_(worker_ids)).order_by(Worker.started_at)
    with reading(session):
        return session.scalars(query).all()


def count_live_servers(storage: Storage) -> int:
    """Return the number of live servers on this host; servers have lock files but no rows."""
    return sum(not locks.is_dead(lock) for lock in storage.server_locks())


def list_all(session: Session) -> Sequence[Worker]:
    """Return all rows of workers, newest first."""
    with reading(session):
        return session.scalars(select(Worker).order_by(Worker.started_at.desc())).all()


def forget_gone(session: Session) -> None:
    """Remove the rows of long silent workers that no job refers to."""
    with writing(session):
        now = database_time(session)
        session.execute(
            delete(Worker).where(
                Worker.heartbeat_at < now - FORGET_AFTER,
                ~exists().where(Job.worker_id == Worker.id),
            )
        )


def _here(storage: Storage) -> str:
    """Return the place of this process; empty while its data directory cannot be used."""
    try:
        return place_of(storage.run)
    except OSError:
        return ""


def _is_alive(storage: Storage, worker_id: str, *, age: timedelta | None) -> bool:
    """Return whether a worker lives, by the age of its heartbeat; None: it is here."""
    if age is None:
        return not locks.is_dead(storage.lock(worker_id))
    return age < ALIVE_WITHIN
