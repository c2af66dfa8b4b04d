"""Worker rows: who works here, since when, with what, and who shall stop."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from .clock import utc_now
from .database import reading, writing
from .errors import NotFound
from .models import Job, Worker, WorkerState

HEARTBEAT = timedelta(seconds=5)
ALIVE = 4 * HEARTBEAT  # a worker that was silent for longer is not counted on
FORGET = timedelta(days=7)


def register(session: Session, worker: Worker) -> None:
    """Store the row of a worker that starts."""
    with writing(session):
        session.add(worker)


def beat(session: Session, worker_id: str) -> None:
    """Say that the worker lives."""
    with writing(session, relaxed=True):
        session.execute(update(Worker).where(Worker.id == worker_id).values(heartbeat_at=utc_now()))


def is_asked_to_drain(session: Session, worker_id: str) -> bool:
    """Whether somebody asked the worker from outside to drain."""
    with reading(session):
        asked = select(Worker.drain_requested_at).where(Worker.id == worker_id)
        return session.scalar(asked) is not None


def move(session: Session, worker_id: str, state: WorkerState) -> None:
    """Write what the worker does from now on."""
    with writing(session):
        session.execute(
            update(Worker).where(Worker.id == worker_id).values(state=state, heartbeat_at=utc_now())
        )


def request_drain(session: Session, worker_id: str) -> Worker:
    """Ask a worker to finish what runs and take nothing more; raise NotFound."""
    with writing(session):
        session.execute(
            update(Worker)
            .where(Worker.id == worker_id, Worker.drain_requested_at.is_(None))
            .values(drain_requested_at=utc_now())
        )
    with reading(session):
        worker = session.get(Worker, worker_id, populate_existing=True)
    if worker is None:
        raise NotFound(f"There is no worker {worker_id!r}.", worker_id=worker_id)
    return worker


def alive(session: Session) -> Sequence[Worker]:
    """Return the workers that were heard of lately, the longest-serving first."""
    with reading(session):
        return session.scalars(
            select(Worker)
            .where(Worker.state != WorkerState.GONE, Worker.heartbeat_at > utc_now() - ALIVE)
            .order_by(Worker.started_at)
        ).all()


def everyone(session: Session) -> Sequence[Worker]:
    """Return all workers that are remembered, the newest first."""
    with reading(session):
        return session.scalars(select(Worker).order_by(Worker.started_at.desc())).all()


def forget_gone(session: Session) -> None:
    """Remove the rows of workers of long ago that no job names."""
    with writing(session):
        session.execute(
            delete(Worker).where(
                Worker.heartbeat_at < utc_now() - FORGET,
                ~exists().where(Job.worker_id == Worker.id),
            )
        )
