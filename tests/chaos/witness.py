"""Observations in the database: every committed change of a state, and the holders of claims."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select, text, union, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from ffremote.clock import monotonic, utc_now
from ffremote.db import database
from ffremote.db.job_file import JobFile
from ffremote.db.models import Job, JobInput, Upload, UploadState, Worker
from ffremote.jobs import totals
from ffremote.states import JobState

T = TypeVar("T")

RESTART_SECONDS = 20
COLUMNS = "job_id TEXT, old TEXT, new TEXT"
INSERT = "INSERT INTO seen (job_id, old, new) VALUES (NEW.id, OLD.state, NEW.state);"
CHANGED = "AFTER UPDATE OF state ON jobs"
WATCH = {
    "sqlite": (
        f"CREATE TABLE seen (number INTEGER PRIMARY KEY, {COLUMNS})",
        f"CREATE TRIGGER witness {CHANGED} WHEN OLD.state <> NEW.state BEGIN {INSERT} END",
    ),
    "postgresql": (
        f"CREATE TABLE seen (number BIGSERIAL PRIMARY KEY, {COLUMNS})",
        f"""
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN {INSERT} RETURN NULL; END $$
        """,
        f"""
        CREATE TRIGGER witness {CHANGED}
        FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION note()
        """,
        "CREATE EXTENSION amcheck",
    ),
}
INTEGRITY = {
    "sqlite": "PRAGMA integrity_check",
    # every B-tree is compared with its table; the first fault is an error
    "postgresql": """
        SELECT 'ok' FROM (
            SELECT count(bt_index_check(index => c.oid, heapallindexed => true)) FROM pg_class c
            WHERE c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace) AS checked
    """,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One change of a state."""

    job_id: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Held:
    """A claim when its holder was hit, `at` on the monotonic clock."""

    job_id: str
    token: str | None
    holder: str | None
    at: float
    cause: str


class Witness:
    """Reads the database of a storm."""

    def __init__(self, url: str) -> None:
        self._engine = database.open_engine(url)
        self._sessions = database.session_maker(self._engine)

    def install(self) -> None:
        """Create the trigger."""
        with self._sessions() as session, database.writing(session):
            for statement in WATCH[self._engine.dialect.name]:
                session.execute(text(statement))

    def jobs(self) -> Sequence[Job]:
        """Return all jobs."""
        return self._read(lambda session: session.scalars(select(Job)).all())

    def files(self) -> Sequence[JobFile]:
        """Return the files of all jobs that have several."""
        return self._read(lambda session: session.scalars(select(JobFile)).all())

    def inputs(self) -> Sequence[str]:
        """Return the uploads of all inputs of all jobs."""
        query = union(select(Job.upload_id), select(JobInput.upload_id))
        return self._read(lambda session: session.scalars(query).all())

    def arriving(self) -> Sequence[str]:
        """Return the incomplete uploads."""
        query = select(Upload.id).where(Upload.state == UploadState.ARRIVING)
        return self._read(lambda session: session.scalars(query).all())

    def unfinished(self) -> int:
        """Return how many jobs are not final."""
        query = select(Job.id).where(Job.finished_at.is_(None))
        return len(self._read(lambda session: session.scalars(query).all()))

    def changes(self) -> list[Seen]:
        """Return every change of a state, oldest first."""
        query = text("SELECT job_id, old, new FROM seen ORDER BY number")
        return [Seen(*row) for row in self._read(lambda session: session.execute(query).all())]

    def held_by(self, holders: frozenset[str], cause: str) -> list[Held]:
        """Return the claims of some holders."""
        query = select(Job.id, Job.claim_token, Job.holder).where(
            Job.state == JobState.RUNNING, Job.holder.in_(holders)
        )
        rows = self._read(lambda session: session.execute(query).all())
        return [Held(*row, at=monotonic(), cause=cause) for row in rows]

    def is_recovered(self, held: Held) -> bool:
        """Whether the job is queued again, has another claim or has ended."""
        query = select(Job.claim_token).where(Job.id == held.job_id)
        return self._read(lambda session: session.scalar(query)) != held.token

    def shift_heartbeats(self, by: timedelta) -> None:
        """Shift all stored heartbeats, as a step of the clock would."""
        moment = utc_now() + by
        with self._sessions() as session, database.writing(session):
            session.execute(update(Worker).values(heartbeat_at=moment))
            session.execute(
                update(Job).where(Job.state == JobState.RUNNING).values(heartbeat_at=moment)
            )

    def totals(self) -> dict[JobState, int]:
        """Return the totals that the database keeps, without states that no job has."""
        return {state: n for state, n in self._read(totals.by_state).items() if n}

    def integrity(self) -> str:
        """Return the result of the database's own check: `ok` or the errors."""
        query = text(INTEGRITY[self._engine.dialect.name])
        try:
            return str(self._read(lambda session: session.scalar(query)))
        except DBAPIError as exc:
            return str(exc.orig)

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    def _read(self, query: Callable[[Session], T]) -> T:
        """Return the result of `query`, asked again while the database is restarted."""
        deadline = monotonic() + RESTART_SECONDS
        while True:
            try:
                with self._sessions() as session, database.reading(session):
                    return query(session)
            except OperationalError:
                if monotonic() > deadline:
                    raise
            time.sleep(0.1)
