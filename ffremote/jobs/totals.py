"""How many jobs there are in each state, without counting rows."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Select, Subquery, cast, func, select, text, union_all
from sqlalchemy.orm import Session

from ffremote.db.database import reading, writing
from ffremote.db.journal.job_change import job_changes
from ffremote.db.models import JobTotal
from ffremote.states import JobState

_FOLDERS_KEY = 0x66667266  # any number that no other program locks
_FOLD = text("""
    WITH changes AS (DELETE FROM job_changes RETURNING state_before, state_after),
    steps AS (
        SELECT state_after AS state, 1 AS step FROM changes WHERE state_after IS NOT NULL
        UNION ALL
        SELECT state_before, -1 FROM changes WHERE state_before IS NOT NULL
    ),
    sums AS (SELECT state, sum(step) AS total FROM steps GROUP BY state)
    UPDATE job_totals SET total = job_totals.total + sums.total
    FROM sums WHERE sums.state = job_totals.state
""")


def by_state(session: Session) -> dict[JobState, int]:
    """Return the number of jobs in each state."""
    parts = _parts()
    query = select(parts.c.state, cast(func.sum(parts.c.total), BigInteger)).group_by(parts.c.state)
    with reading(session):
        return {state: total for state, total in session.execute(query) if state is not None}


def in_states(states: Sequence[JobState]) -> Select[int]:
    """Return the query of the number of jobs in some states, or in all without any."""
    parts = _parts()
    # Without the cast PostgreSQL's sum is a Decimal, of which JSON would make a string.
    query = select(cast(func.coalesce(func.sum(parts.c.total), 0), BigInteger))
    return query.where(parts.c.state.in_(states or list(JobState)))


def fold(session: Session) -> None:
    """Count the changes that `job_changes` has in `job_totals`; cleanups call this regularly."""
    if session.get_bind().dialect.name != "postgresql":
        return
    with writing(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _FOLDERS_KEY})
        session.execute(_FOLD)


def _parts() -> Subquery:
    """Return the totals and the changes that they lack, in one statement: a fold moves rows."""
    changes = job_changes.c
    return union_all(
        select(JobTotal.state.label("state"), JobTotal.total.label("total")),
        select(changes.state_after, func.count()).group_by(changes.state_after),
        select(changes.state_before, -func.count()).group_by(changes.state_before),
    ).subquery()
