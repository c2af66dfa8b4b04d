"""What the holder of a claim may write to a job's row; every statement names the claim's token.

A token is never used twice and is in the row only while the claim holds. Cancel, rescue and the
end of the job remove it, so an UPDATE that names it and matches no row means: the claim is lost.
"""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, case, literal, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from ffremote.clock import utc_now
from ffremote.db.database import change_row, reading, writing, writing_alone
from ffremote.db.models import Job
from ffremote.db.types import RUNNING
from ffremote.files.publication import PublishedFile
from ffremote.ledger.values import Claim, ProgressUpdate, Result
from ffremote.states import FailureReason, JobState, Phase

from . import inputs, job_files


def report(session: Session, claim: Claim, progress_update: ProgressUpdate) -> bool:
    """Write progress and heartbeat; return False when the claim was lost."""
    return _change(
        session,
        claim,
        _HEARTBEAT,
        relaxed=True,
        heartbeat_at=utc_now(),
        phase=progress_update.phase,
        percent=progress_update.percent,
        progress=progress_update.progress,
        message=progress_update.message,
        pid=progress_update.pid,
        pid_started=progress_update.pid_started,
    )


def record_plan(
    session: Session, claim: Claim, *, command: str, warnings: list[str], info: dict[str, Any]
) -> bool:
    """Record the exact command and the input's media info before FFmpeg starts; False if lost."""
    return _change(
        session, claim, _HELD, relaxed=True, command=command, warnings=warnings, input_facts=info
    )


def complete(
    session: Session, claim: Claim, result: Result, *, result_object: str | None = None
) -> bool:
    """Complete the job with this result; return False when the claim was lost.

    That needs all of its inputs, also where they were read while they arrived. `result_object`
    names the result in an object store.
    """
    return _change(
        session,
        claim,
        _COMPLETE,
        files=result.files,
        **_ended(JobState.COMPLETED),
        progress_percent=100,
        result_token=None if result.size is None else claim.token,
        result_bytes=result.size,
        result_object=None if result.size is None else result_object,
        result_sha256=result.sha256,
        result_facts=result.info,
        warnings=list(result.warnings),
        progress=result.progress,
    )


def fail(
    session: Session,
    claim: Claim,
    *,
    reason: FailureReason,
    message: str,
    details: dict[str, Any],
) -> bool:
    """End the job as failed; return False when the claim was lost."""
    return _change(
        session,
        claim,
        _HELD,
        **_ended(JobState.FAILED),
        error_reason=reason,
        error_message=message,
        error_details=details,
    )


def is_published(session: Session, claim: Claim) -> bool:
    """Return whether the result of this attempt is the job's result."""
    with reading(session):
        token = session.scalar(select(Job.result_token).where(Job.id == claim.job_id))
    return token == claim.token


def is_over(session: Session, claim: Claim) -> bool:
    """Return whether the job has ended, so that there is no further attempt."""
    with reading(session):
        state = session.scalar(select(Job.state).where(Job.id == claim.job_id))
    return state is None or state.is_final


def release(session: Session, claim: Claim, *, message: str) -> bool:
    """Return the job to the queue without counting the attempt; return False when it was lost."""
    return _change(
        session,
        claim,
        _RELEASE,
        **requeued(),
        state=JobState.QUEUED,
        message=message,
    )


def suspend(session: Session, claim: Claim, *, message: str, may_stream: bool) -> bool:
    """Return a job that was read while its input arrives to the queue, at no cost of an attempt.

    Its percent stays. With `may_stream` it may be read so again, else it waits for its whole input.
    Return False when the claim was lost.
    """
    values = requeued()
    del values["progress_percent"]
    return _change(
        session,
        claim,
        _SUSPEND if may_stream else _SUSPEND_FOR_ALL,
        **values,
        state=JobState.QUEUED,
        message=message,
    )


def has_arrived(session: Session, claim: Claim) -> bool:
    """Return whether the inputs of the job are complete; record it if no server has."""
    with reading(session):
        job = session.get(Job, claim.job_id, populate_existing=True)
        if job is None or job.input_ready_at is not None:
            return job is not None
    arrived = _HELD.where(inputs.all_complete()).values(input_ready_at=utc_now())
    return _change(session, claim, arrived)


def _change(
    session: Session,
    claim: Claim,
    change: ReturningUpdate[Any],
    *,
    relaxed: bool = False,
    files: Sequence[PublishedFile] = (),
    **values: Any,
) -> bool:
    """Run one UPDATE of the claim, `_HELD` or a statement made from it, with `values`.

    `files` are stored in the same transaction, if the claim still holds.
    """
    values |= {"held_job": claim.job_id, "held_token": claim.token}
    if relaxed:
        with writing_alone(session):
            return session.scalar(change, values) is not None
    if not files:
        return change_row(session, change, values) is not None
    with writing(session):
        is_held = session.scalar(change, values) is not None
        if is_held:
            job_files.add(session, claim.job_id, files)
    return is_held


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
    """Return the columns that are reset when a job returns to the queue."""
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


def waiting_phase(job: Any) -> ColumnElement[Any]:
    """Return the phase of a job that returns to the queue, perhaps still without its whole input.

    `job` is the model or its table's columns.
    """
    kind = job.phase.type
    is_whole = job.input_ready_at.is_not(None)
    return case((is_whole, literal(Phase.QUEUED, kind)), else_=literal(Phase.UPLOADING, kind))


# The statements are built once, over the plain table: built for each call, with what the ORM adds,
# they cost ten times more.
_JOBS = cast(Table, Job.__table__)


def _held_statement() -> ReturningUpdate[Any]:
    """Build the UPDATE that matches a row only while the claim's token is in it."""
    jobs = _JOBS.c
    return (
        update(_JOBS)
        .where(
            jobs.id == bindparam("held_job"),
            jobs.claim_token == bindparam("held_token"),
            jobs.state == RUNNING,
        )
        .returning(jobs.id)
    )


def _never_lower(column: ColumnElement[int], name: str) -> ColumnElement[int]:
    new = bindparam(name, type_=column.type)
    return case((column > new, column), else_=new)


_HELD = _held_statement()
_HEARTBEAT = _HELD.values(
    heartbeats=_JOBS.c.heartbeats + 1,
    progress_percent=_never_lower(_JOBS.c.progress_percent, "percent"),
)
_COMPLETE = _HELD.where(_JOBS.c.input_ready_at.is_not(None))
_RELEASE = _HELD.values(attempt=_JOBS.c.attempt - 1, phase=waiting_phase(_JOBS.c))
_SUSPEND = _RELEASE
_SUSPEND_FOR_ALL = _RELEASE.values(overlap=None)
