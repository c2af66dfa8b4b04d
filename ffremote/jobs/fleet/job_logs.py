"""Logs of attempts in rows: written by the holder of the claim, read by any server meanwhile.

Only the last attempt of a job has one. A log has at most a mebibyte; what comes after is left out.
"""

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.orm import Session

from ffremote.db.database import reading, writing
from ffremote.db.job_log import JobLog
from ffremote.db.models import Job
from ffremote.db.types import RUNNING


def add(session: Session, job_id: str, token: str, piece: bytes, *, offset: int) -> int:
    """Add what is new of a piece that begins at `offset`; return how many bytes the log has now.

    Nothing is added behind a gap, nor when the claim `token` was lost.
    """
    held = (Job.id == job_id, Job.claim_token == token, Job.state == RUNNING)
    with writing(session, relaxed=True):
        # Locked, so that the same piece is not added twice at once.
        session.scalar(select(Job.id).where(*held).with_for_update())
        size = _size(session, job_id, token)
        new = piece[size - offset :] if offset <= size else b""
        if not new:
            return size
        session.execute(delete(JobLog).where(JobLog.job_id == job_id, JobLog.token != token))
        row = select(Job.id, literal(token), literal(size), literal(new)).where(*held)
        session.execute(insert(JobLog).from_select(["job_id", "token", "start", "content"], row))
        return _size(session, job_id, token)


def read(session: Session, job_id: str, token: str) -> bytes:
    """Return the log of an attempt as it is now; nothing if there is none."""
    pieces = select(JobLog.content).where(JobLog.job_id == job_id, JobLog.token == token)
    with reading(session):
        return b"".join(session.scalars(pieces.order_by(JobLog.start)))


def remove(session: Session, job_id: str) -> None:
    """Remove the log of a job, within a transaction."""
    session.execute(delete(JobLog).where(JobLog.job_id == job_id))


def _size(session: Session, job_id: str, token: str) -> int:
    end = func.max(JobLog.start + func.length(JobLog.content))
    found = session.scalar(select(end).where(JobLog.job_id == job_id, JobLog.token == token))
    return int(found or 0)
