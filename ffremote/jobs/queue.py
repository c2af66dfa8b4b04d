"""The queue for workers: whether jobs are claimable, what they need, claiming the first."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from ffremote.clock import utc_now
from ffremote.db.database import reading, writing_alone
from ffremote.db.models import Job
from ffremote.db.types import QUEUED, READY, RUNNING, UtcDateTime
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claimable job: its needs, and since when it can be claimed."""

    id: str
    needs: str
    ready_at: datetime


def front(session: Session, limit: int) -> list[Waiting]:
    """Return the first claimable jobs, at most `limit`."""
    columns = (Job.id, Job.needs, Job.input_ready_at)
    first = select(*columns).where(*_claimable(Job)).order_by(Job.rank, Job.id).limit(limit)
    with reading(session):
        rows = session.execute(first).all()
        return [Waiting(job_id, words, ready) for job_id, words, ready in rows if ready]


def claimable_needs(session: Session) -> frozenset[str]:
    """Return the distinct needs of the claimable jobs: encoder names joined by spaces.

    `needs.needs_of` are among those of a job with several inputs or none.
    """
    with reading(session):
        return frozenset(session.scalars(select(Job.needs).where(*_claimable(Job)).distinct()))


def has_streamable(session: Session) -> bool:
    """Return whether a job can be claimed whose input arrives; takes no lock."""
    with reading(session):
        found = session.scalar(select(Job.id).where(*_streamable(Job)).order_by(Job.rank).limit(1))
    return found is not None


def streamable_needs(session: Session) -> frozenset[str]:
    """Return the distinct needs of the jobs that can be claimed while their input arrives."""
    with reading(session):
        return frozenset(session.scalars(select(Job.needs).where(*_streamable(Job)).distinct()))


def claim_next(
    session: Session,
    *,
    worker_id: str,
    holder: str,
    needs: frozenset[str],
    token: str | None = None,
    later: frozenset[str] = frozenset(),
    before: datetime | None = None,
    arriving: bool = False,
) -> Claim | None:
    """Claim the first claimable job whose needs are among `needs`; return None if there is none.

    One whose needs are among `later` counts only if it was claimable `before` then. `token` is one
    that no claim ever had; None makes one. With `arriving` it is a job whose input arrives, if no
    other with these needs can be claimed.
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
    if later:
        values |= {"later": sorted(later), "before": before}
    with writing_alone(session):
        statement = _CLAIM_OFFERED if later else _CLAIM
        row = session.execute(_CLAIM_ARRIVING if arriving else statement, values).one_or_none()
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
    arriving = None if row.input_ready_at or not uploads else inputs.size(session, uploads[0])
    return Claim(row.id, token, row.attempt, uploads, row.spec, arriving)


def _claimed_columns(jobs: Any) -> tuple[ColumnElement[Any], ...]:
    return (jobs.id, jobs.attempt, jobs.upload_id, jobs.needs, jobs.spec, jobs.input_ready_at)


def _claimable(job: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a claimable job; `job` is the model or its table's columns."""
    return (job.state == QUEUED, job.input_ready_at.is_not(None))


def _streamable(job: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a job that can be claimed while its input arrives."""
    return (job.state == QUEUED, job.input_ready_at.is_(None), job.overlap == READY)


def _claim_statement(
    needs: ColumnElement[bool],
    *,
    of: Callable[[Any], tuple[ColumnElement[bool], ...]] = _claimable,
    phase: Phase = Phase.PROBING,
) -> ReturningUpdate[Any]:
    """Build the claim of a job with the conditions `of` and `needs`, over the plain table only.

    With one column of the model in it the ORM takes part in every claim, and a statement that is
    built for each claim costs ten times more.
    """
    jobs = cast(Table, Job.__table__)
    first = (
        select(jobs.c.id)
        .where(*of(jobs.c), needs)
        .order_by(jobs.c.rank, jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # renders as nothing on SQLite, which has one writer
    )
    return (
        update(jobs)
        .where(jobs.c.id == first.scalar_subquery(), jobs.c.state == QUEUED)
        .values(
            state=JobState.RUNNING,
            phase=phase,
            claim_token=bindparam("new_token"),
            log_token=bindparam("new_token"),
            worker_id=bindparam("new_worker"),
            holder=bindparam("new_holder"),
            attempt=jobs.c.attempt + 1,
            heartbeats=0,
            heartbeat_at=bindparam("now"),
            started_at=bindparam("now"),
            progress=None,
            message=None,
            pid=None,
            pid_started=None,
        )
        .returning(*_claimed_columns(jobs.c))
    )


_JOBS = cast(Table, Job.__table__).c
_ABLE = _JOBS.needs.in_(bindparam("able", expanding=True))
_LATER = _JOBS.needs.in_(bindparam("later", expanding=True))
_CLAIM = _claim_statement(_ABLE)
_CLAIM_OFFERED = _claim_statement(
    or_(_ABLE, and_(_LATER, _JOBS.input_ready_at <= bindparam("before", type_=UtcDateTime())))
)


def _none_is_whole() -> ColumnElement[bool]:
    """Return the condition that no job of which all inputs are there could be claimed."""
    whole = cast(Table, Job.__table__).alias("whole")
    able = whole.c.needs.in_(bindparam("able", expanding=True))
    return ~select(whole.c.id).where(*_claimable(whole.c), able).exists()


_CLAIM_ARRIVING = _claim_statement(
    and_(_ABLE, _none_is_whole()), of=_streamable, phase=Phase.STREAMING
)
