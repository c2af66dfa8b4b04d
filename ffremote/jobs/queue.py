"""The queue as workers see it: whether jobs wait, what they need, and the first of them."""

import secrets
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from ffremote.clock import utc_now
from ffremote.db.database import reading, writing
from ffremote.db.models import Job
from ffremote.db.types import QUEUED
from ffremote.states import JobState, Phase

from .claims import Claim


def has_claimable(session: Session) -> bool:
    """Whether any job waits for a worker; takes no lock, so idle workers may ask often."""
    with reading(session):
        return (
            session.scalar(select(Job.id).where(*_claimable(Job)).order_by(Job.rank).limit(1))
            is not None
        )


def claimable_needs(session: Session) -> frozenset[str]:
    """Return what the waiting jobs need, as their rows say it (encoders joined by spaces)."""
    with reading(session):
        return frozenset(session.scalars(select(Job.needs).where(*_claimable(Job)).distinct()))


def claim_next(
    session: Session, *, worker_id: str, holder: str, needs: frozenset[str]
) -> Claim | None:
    """Take the first waiting job whose needs are among `needs`, or return None.

    Not synced: after a loss of power nobody holds anything, and the job waits as it did before.
    """
    token = secrets.token_hex(16)
    values = {
        "new_token": token,
        "new_worker": worker_id,
        "new_holder": holder,
        "now": utc_now(),
        "able": sorted(needs),
    }
    with writing(session, relaxed=True):
        row = session.execute(_CLAIM, values).one_or_none()
    if row is None:
        return None
    return Claim(row.id, token, row.attempt, row.upload_id, row.spec)


def _claimable(job: Any) -> tuple[ColumnElement[bool], ...]:
    """What a worker may take; `job` is the model, or the columns of its table."""
    return (job.state == QUEUED, job.input_ready_at.is_not(None))


def _claim_statement() -> ReturningUpdate[Any]:
    """Build the claim once, over the plain table alone: one column of the model in it, and the ORM
    takes part each time; built for each claim it costs ten times more.
    """
    jobs = cast(Table, Job.__table__)
    first = (
        select(jobs.c.id)
        .where(*_claimable(jobs.c), jobs.c.needs.in_(bindparam("able", expanding=True)))
        .order_by(jobs.c.rank, jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # renders nothing on SQLite, which has one writer
    )
    return (
        update(jobs)
        .where(jobs.c.id == first.scalar_subquery(), jobs.c.state == QUEUED)
        .values(
            state=JobState.RUNNING,
            phase=Phase.PROBING,
            claim_token=bindparam("new_token"),
            log_token=bindparam("new_token"),
            worker_id=bindparam("new_worker"),
            holder=bindparam("new_holder"),
            attempt=jobs.c.attempt + 1,
            heartbeats=0,
            heartbeat_at=bindparam("now"),
            started_at=bindparam("now"),
            progress_percent=0,
            progress=None,
            message=None,
            pid=None,
            pid_started=None,
        )
        .returning(jobs.c.id, jobs.c.attempt, jobs.c.upload_id, jobs.c.spec)
    )


_CLAIM = _claim_statement()
