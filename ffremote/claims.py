"""A worker's hold on jobs: every statement that a claim makes, guarded by its token.

A claim's token was never used before and is in the row only while the claim holds. Cancel, rescue
and the end of the job take it away, so an UPDATE that names it and finds no row has learned that
the job is not ours any more.
"""

import secrets
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, case, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from .clock import utc_now
from .columns import QUEUED, RUNNING
from .database import reading, writing
from .models import Job
from .states import FailureReason, JobState, Phase


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in the hands of a worker, for as long as `token` is in its row."""

    job_id: str
    token: str
    attempt: int
    upload_id: str
    spec: str


@dataclass(frozen=True, slots=True)
class Tick:
    """What a worker tells twice a second; `progress` is JSON-ready detail for people."""

    phase: Phase
    percent: int
    progress: dict[str, Any] | None = None
    message: str | None = None
    pid: int | None = None
    pid_started: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A published output: size in bytes, sha256 in hex, media facts as JSON."""

    size: int
    sha256: str
    facts: dict[str, Any]
    warnings: tuple[str, ...] = ()


def has_claimable(session: Session) -> bool:
    """Whether any job waits for a worker; takes no lock, so idle workers may ask often."""
    with reading(session):
        return (
            session.scalar(select(Job.id).where(*_claimable()).order_by(Job.rank).limit(1))
            is not None
        )


def claimable_needs(session: Session) -> frozenset[str]:
    """Return what the waiting jobs need, as their rows say it (encoders joined by spaces)."""
    with reading(session):
        return frozenset(session.scalars(select(Job.needs).where(*_claimable()).distinct()))


def claim_next(
    session: Session, *, worker_id: str, holder: str, needs: frozenset[str]
) -> Claim | None:
    """Take the first waiting job whose needs are among `needs`, or return None."""
    token = secrets.token_hex(16)
    values = {
        "new_token": token,
        "new_worker": worker_id,
        "new_holder": holder,
        "now": utc_now(),
        "able": sorted(needs),
    }
    with writing(session):
        row = session.execute(_CLAIM, values).one_or_none()
    if row is None:
        return None
    return Claim(row.id, token, row.attempt, row.upload_id, row.spec)


def report(session: Session, claim: Claim, tick: Tick) -> bool:
    """Write progress and heartbeat; return False when the job is not ours any more."""
    now = utc_now()
    return _change(
        session,
        claim,
        relaxed=True,
        heartbeats=Job.heartbeats + 1,
        heartbeat_at=now,
        phase=tick.phase,
        progress_percent=_never_lower(tick.percent),
        progress=tick.progress,
        message=tick.message,
        pid=tick.pid,
        pid_started=tick.pid_started,
    )


def describe(
    session: Session, claim: Claim, *, command: str, warnings: list[str], facts: dict[str, Any]
) -> bool:
    """Record the exact command and the input's media facts before FFmpeg starts."""
    return _change(
        session, claim, relaxed=True, command=command, warnings=warnings, input_facts=facts
    )


def complete(session: Session, claim: Claim, result: Result) -> bool:
    """Publish an attempt's result; False means that the claim was lost before."""
    return _change(
        session,
        claim,
        **_ended(JobState.COMPLETED),
        progress_percent=100,
        result_token=claim.token,
        result_bytes=result.size,
        result_sha256=result.sha256,
        result_facts=result.facts,
        warnings=list(result.warnings),
    )


def fail(
    session: Session,
    claim: Claim,
    *,
    reason: FailureReason,
    message: str,
    details: dict[str, Any],
) -> bool:
    """End the job as failed; False means that the claim was lost before."""
    return _change(
        session,
        claim,
        **_ended(JobState.FAILED),
        error_reason=reason,
        error_message=message,
        error_details=details,
    )


def is_published(session: Session, claim: Claim) -> bool:
    """Whether the result of this attempt is the job's result."""
    with reading(session):
        token = session.scalar(select(Job.result_token).where(Job.id == claim.job_id))
    return token == claim.token


def release(session: Session, claim: Claim, *, message: str) -> bool:
    """Give the job back unharmed: the attempt is not counted."""
    return _change(
        session,
        claim,
        **requeued(),
        state=JobState.QUEUED,
        phase=Phase.QUEUED,
        attempt=Job.attempt - 1,
        message=message,
    )


def _claimable() -> tuple[ColumnElement[bool], ...]:
    return (Job.state == QUEUED, Job.input_ready_at.is_not(None))


def _change(session: Session, claim: Claim, *, relaxed: bool = False, **values: Any) -> bool:
    """Run the one UPDATE that a claim may make: while its token is in the row."""
    change = (  # built before the lock is taken: that takes longer than running it
        update(Job)
        .where(Job.id == claim.job_id, Job.state == RUNNING, Job.claim_token == claim.token)
        .values(**values)
        .returning(Job.id)
    )
    with writing(session, relaxed=relaxed):
        return session.scalar(change) is not None


def _ended(state: JobState) -> dict[str, Any]:
    return {
        "state": state,
        "phase": None,
        "claim_token": None,
        "finished_at": utc_now(),
        "pid": None,
        "pid_started": None,
        "message": None,
    }


def requeued() -> dict[str, Any]:
    """What a row loses when its job goes back to the queue."""
    return {
        "claim_token": None,
        "worker_id": None,
        "holder": None,
        "started_at": None,
        "progress_percent": 0,
        "progress": None,
        "pid": None,
        "pid_started": None,
    }


def _never_lower(percent: int) -> ColumnElement[int]:
    return case((Job.progress_percent > percent, Job.progress_percent), else_=percent)


def _claim_statement() -> ReturningUpdate[Any]:
    """Build the claim once, over the plain table: built for each claim it costs ten times more."""
    jobs = cast(Table, Job.__table__)
    first = (
        select(jobs.c.id)
        .where(*_claimable(), jobs.c.needs.in_(bindparam("able", expanding=True)))
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
