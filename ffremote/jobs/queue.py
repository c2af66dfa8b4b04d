"""The queue for workers: whether jobs are claimable, what they need, claiming the first."""

import secrets
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Table, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from ffremote.clock import utc_now
from ffremote.db.database import reading, writing_alone
from ffremote.db.models import Job
from ffremote.db.types import QUEUED, RUNNING
from ffremote.ledger.needs import has_several
from ffremote.ledger.values import Claim
from ffremote.states import JobState, Phase

from . import inputs


def has_claimable(session: Session) -> bool:
    """Return whether any job can be claimed; takes no lock, so idle workers may call it often."""
    with reading(session):
        return (
            session.scalar(select(Job.id).where(*_claimable(Job)).order_by(Job.rank).limit(1))
            is not None
        )


def front(session: Session, limit: int) -> Sequence[str]:
    """Return the ids of the first claimable jobs, at most `limit`."""
    first = select(Job.id).where(*_claimable(Job)).order_by(Job.rank, Job.id).limit(limit)
    with reading(session):
        return session.scalars(first).all()


def claimable_needs(session: Session) -> frozenset[str]:
    """Return the distinct needs of the claimable jobs: encoder names joined by spaces.

    `needs.needs_of` are among those of a job with several inputs or none.
    """
    with reading(session):
        return frozenset(session.scalars(select(Job.needs).where(*_claimable(Job)).distinct()))


def claim_next(
    session: Session,
    *,
    worker_id: str,
    holder: str,
    needs: frozenset[str],
    token: str | None = None,
) -> Claim | None:
    """Claim the first claimable job whose needs are among `needs`; return None if there is none.

    `token` is one that no claim ever had; None makes one.
    Not synced to disk: after a power failure no process holds the job, and it is queued as before.
    """
    token = token or secrets.token_hex(16)
    values = {
        "new_token": token,
        "new_worker": worker_id,
        "new_holder": holder,
        "now": utc_now(),
        "able": sorted(needs),
    }
    with writing_alone(session):
        row = session.execute(_CLAIM, values).one_or_none()
        if row is None:
            return None
        return _claim_of(session, token, row)


def find_claim(session: Session, token: str) -> Claim | None:
    """Return the claim with this token, if a job is held under it."""
    jobs = cast(Table, Job.__table__).c
    query = select(*_claimed_columns(jobs)).where(jobs.claim_token == token, jobs.state == RUNNING)
    with reading(session):
        row = session.execute(query).one_or_none()
        return None if row is None else _claim_of(session, token, row)


def _claim_of(session: Session, token: str, row: Row[Any]) -> Claim:
    others = inputs.further(session, row.id) if has_several(row.needs) else ()
    uploads = inputs.in_order(row.upload_id, others)
    return Claim(row.id, token, row.attempt, uploads, row.spec)


def _claimed_columns(jobs: Any) -> tuple[ColumnElement[Any], ...]:
    return (jobs.id, jobs.attempt, jobs.upload_id, jobs.needs, jobs.spec)


def _claimable(job: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a claimable job; `job` is the model or its table's columns."""
    return (job.state == QUEUED, job.input_ready_at.is_not(None))


def _claim_statement() -> ReturningUpdate[Any]:
    """Build the claim over the plain table only.

    With one column of the model in it the ORM takes part in every claim, and a statement that is
    built for each claim costs ten times more.
    """
    jobs = cast(Table, Job.__table__)
    first = (
        select(jobs.c.id)
        .where(*_claimable(jobs.c), jobs.c.needs.in_(bindparam("able", expanding=True)))
        .order_by(jobs.c.rank, jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # renders as nothing on SQLite, which has one writer
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
        .returning(*_claimed_columns(jobs.c))
    )


_CLAIM = _claim_statement()
