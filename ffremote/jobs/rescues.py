"""Takes jobs from lost holders; each UPDATE names the token and the heartbeat it is based on."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from ffremote.clock import utc_now
from ffremote.db.database import database_time, reading, writing, writing_alone
from ffremote.db.models import Job, Worker
from ffremote.db.types import RUNNING
from ffremote.host import processes
from ffremote.states import FailureReason, JobState

from .claims import requeued, waiting_phase

SILENT = timedelta(minutes=5)  # silence after which a worker of an earlier boot is gone
MAX_LOSSES = 3  # a job whose worker was lost this often fails


@dataclass(frozen=True, slots=True)
class Hold:
    """A claim as other processes see it, with the data that shows whether its holder is alive."""

    job_id: str
    token: str | None
    holder: str | None
    heartbeats: int
    place: str
    pid: int | None
    pid_started: int | None


def holds(session: Session) -> list[Hold]:
    """Return all current claims, and FFmpeg processes of this boot that lost their claim."""
    query = select(
        Job.id,
        Job.claim_token,
        Job.holder,
        Job.heartbeats,
        Worker.boot_id,
        Job.pid,
        Job.pid_started,
    ).join(Worker, Worker.id == Job.worker_id)
    with reading(session):
        held = session.execute(query.where(Job.state == RUNNING)).all()
        left = session.execute(
            query.where(Job.state != RUNNING, Job.pid.is_not(None), _is_of_this_boot())
        ).all()
    return [Hold(*row) for row in (*held, *left)]


def rescue(session: Session, hold: Hold) -> JobState | None:
    """Requeue the job of a lost holder, or fail it after too many losses; return its new state.

    The UPDATE names the token *and* the heartbeat of `hold`, so a holder that has sent a heartbeat
    since keeps its claim; then return None.
    """
    given_up = Job.losses + 1 >= MAX_LOSSES
    message = f"Its worker was lost {MAX_LOSSES} times while it ran."
    with writing(session):
        return session.scalar(
            update(Job)
            .where(
                Job.id == hold.job_id,
                Job.state == RUNNING,
                Job.claim_token == hold.token,
                Job.heartbeats == hold.heartbeats,
            )
            .values(
                **requeued(),
                losses=Job.losses + 1,
                state=_case(given_up, Job.state, JobState.FAILED, JobState.QUEUED),
                phase=case((given_up, literal(None, Job.phase.type)), else_=waiting_phase(Job)),
                finished_at=_case(given_up, Job.finished_at, utc_now(), None),
                error_reason=_case(given_up, Job.error_reason, FailureReason.WORKER_LOST, None),
                error_message=_case(given_up, Job.error_message, message, None),
                message=_case(
                    given_up, Job.message, message, "Its worker was lost; the job is queued again."
                ),
            )
            .returning(Job.state)
        )


def forget_process(session: Session, job_id: str, pid: int) -> None:
    """Record that an FFmpeg process that lost its claim has ended."""
    with writing_alone(session):
        session.execute(
            update(Job)
            .where(Job.id == job_id, Job.pid == pid, Job.state != RUNNING)
            .values(pid=None, pid_started=None)
        )


def forget_earlier_boots(session: Session, host: str) -> None:
    """Remove the processes of earlier boots of `host` from rows: the reboot ended them.

    Another machine of the same name has another boot id, too, but its workers sent heartbeats
    recently.
    """
    with writing(session):
        silent = Worker.heartbeat_at < database_time(session) - SILENT
        earlier = select(Worker.id).where(Worker.host == host, ~_is_of_this_boot(), silent)
        session.execute(
            update(Job)
            .where(Job.pid.is_not(None), Job.state != RUNNING, Job.worker_id.in_(earlier))
            .values(pid=None, pid_started=None)
        )


def _is_of_this_boot() -> ColumnElement[bool]:
    """Return the condition of a worker of this boot, whatever its data directory."""
    return Worker.boot_id.startswith(processes.boot_id())


def _case(
    condition: ColumnElement[bool], column: InstrumentedAttribute[Any], yes: Any, no: Any
) -> ColumnElement[Any]:
    """Return a CASE; its values are bound like those of `column`."""
    return case((condition, literal(yes, column.type)), else_=literal(no, column.type))
