"""The changes of jobs in their order: read as they are committed, removed after an hour.

Triggers add a row for each change of a job's state, readiness or expiry, in the transaction of the
change; heartbeats add none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from ffremote.clock import monotonic
from ffremote.db.database import database_time, reading, writing
from ffremote.db.journal.job_event import JobEvent
from ffremote.states import JobState

KEPT = timedelta(hours=1)
MOST = 200_000
"""More changes than these are not kept, however new."""
GAP_SECONDS = 60.0  # longer than any transaction may last
GAPS = 1000
READ = 1000
LATE = 100
"""How many ids a change can be late, for one who has seen higher ones in another process."""
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a job; `state` is the one after it, None: the job's row was removed."""

    id: int
    job_id: str
    state: JobState | None


class TooFar(Exception):
    """More has changed than can be told one by one."""


class Follower:
    """Reads the changes since a position, each once, those too that are committed out of order."""

    def __init__(self, position: int) -> None:
        self.position = position
        self._missing: dict[int, float] = {}

    def read(self, session: Session) -> list[Change]:
        """Return what was committed since the last call, lowest ids first.

        Raise TooFar when there is more than `READ`; the next call begins behind all of it.
        """
        found = _read(session, self.position, list(self._missing))
        if len(found) > READ:
            self.position, self._missing = newest_id(session), {}
            raise TooFar
        self._note(found)
        return found

    def _note(self, found: Sequence[Change]) -> None:
        """Move the position, and remember the ids that were passed over."""
        now = monotonic()
        seen = {change.id for change in found}
        newest = max(self.position, *seen, 0) if seen else self.position
        passed = set(range(max(self.position + 1, newest - GAPS), newest)) - seen
        self._missing = {
            number: since
            for number, since in {**dict.fromkeys(passed, now), **self._missing}.items()
            if number not in seen and now - since < GAP_SECONDS
        }
        self.position = newest


def newest_id(session: Session) -> int:
    """Return the id of the newest change, 0 before the first one."""
    with reading(session):
        return session.scalar(select(func.max(JobEvent.id))) or 0


def since(session: Session, position: int) -> list[Change]:
    """Return the changes behind a position that another process may have told.

    On PostgreSQL also some before it: they may have been committed later. Raise TooFar when they
    are no longer kept, are too many, or the position is none of this database.
    """
    with reading(session):
        oldest, newest = session.execute(select(func.min(JobEvent.id), func.max(JobEvent.id))).one()
    if not (oldest or 1) - 1 <= position <= (newest or 0):
        raise TooFar
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    found = _read(session, position if is_sqlite else max(position - LATE, 0), ())
    if len(found) > READ:
        raise TooFar
    return found


def prune(session: Session) -> int:
    """Remove the changes that are older than an hour, but the newest one; return their number.

    The newest stays, so that ids go on from it.
    """
    removed = 0
    with reading(session):
        before = database_time(session) - KEPT
        newest = session.scalar(select(func.max(JobEvent.id))) or 0
    while last := _last_old(session, before, newest):
        with writing(session):
            removed += len(
                session.scalars(
                    delete(JobEvent).where(JobEvent.id <= last).returning(JobEvent.id)
                ).all()
            )
    return removed


def _last_old(session: Session, before: datetime, newest: int) -> int | None:
    """Return the last id of the next batch to remove, None: there is nothing more to remove."""
    query = select(JobEvent.id, JobEvent.at).order_by(JobEvent.id).limit(_BATCH)
    with reading(session):
        rows = session.execute(query).all()
    return max(
        (i for i, at in rows if i < newest and (at < before or i <= newest - MOST)), default=None
    )


def _read(session: Session, position: int, missing: Sequence[int]) -> list[Change]:
    """Return the changes behind a position and the missing ones, one more than `READ` at most."""
    is_wanted = JobEvent.id > position
    wanted = or_(is_wanted, JobEvent.id.in_(missing)) if missing else is_wanted
    query = select(JobEvent.id, JobEvent.job_id, JobEvent.state_after).where(wanted)
    with reading(session):
        return [
            Change(*row) for row in session.execute(query.order_by(JobEvent.id).limit(READ + 1))
        ]
