"""Observations in the database: every committed change of a state, and the holders of claims."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text, union, update
from sqlalchemy.orm import Session

from ffremote.clock import monotonic, utc_now
from ffremote.db import database
from ffremote.db.job_file import JobFile
from ffremote.db.models import Job, JobInput, Upload, UploadState, Worker
from ffremote.states import JobState

TABLE = "CREATE TABLE seen (job_id TEXT, old TEXT, new TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP)"
TRIGGER = """
    CREATE TRIGGER witness AFTER UPDATE OF state ON jobs WHEN OLD.state <> NEW.state BEGIN
        INSERT INTO seen (job_id, old, new) VALUES (NEW.id, OLD.state, NEW.state);
    END
"""


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
    """Reads the database of `data_dir`."""

    def __init__(self, data_dir: Path) -> None:
        self._engine = database.open_engine(f"sqlite:///{data_dir / 'ffremote.db'}")
        self._sessions = database.session_maker(self._engine)

    def install(self) -> None:
        """Create the trigger."""
        with self._sessions() as session, database.writing(session):
            session.execute(text(TABLE))
            session.execute(text(TRIGGER))

    def jobs(self) -> Sequence[Job]:
        """Return all jobs."""
        with self._reading() as session:
            return session.scalars(select(Job)).all()

    def files(self) -> Sequence[JobFile]:
        """Return the files of all jobs that have several."""
        with self._reading() as session:
            return session.scalars(select(JobFile)).all()

    def inputs(self) -> list[str]:
        """Return the uploads of all inputs of all jobs."""
        with self._reading() as session:
            return list(session.scalars(union(select(Job.upload_id), select(JobInput.upload_id))))

    def arriving(self) -> list[str]:
        """Return the incomplete uploads."""
        with self._reading() as session:
            query = select(Upload.id).where(Upload.state == UploadState.ARRIVING)
            return list(session.scalars(query))

    def unfinished(self) -> int:
        """Return how many jobs are not final."""
        with self._reading() as session:
            return len(session.scalars(select(Job.id).where(Job.finished_at.is_(None))).all())

    def changes(self) -> list[Seen]:
        """Return every change of a state, oldest first."""
        with self._reading() as session:
            rows = session.execute(text("SELECT job_id, old, new FROM seen ORDER BY rowid"))
            return [Seen(*row) for row in rows]

    def held_by(self, holders: frozenset[str], cause: str) -> list[Held]:
        """Return the claims of some holders."""
        with self._reading() as session:
            rows = session.execute(
                select(Job.id, Job.claim_token, Job.holder).where(
                    Job.state == JobState.RUNNING, Job.holder.in_(holders)
                )
            ).all()
        return [Held(*row, at=monotonic(), cause=cause) for row in rows]

    def is_recovered(self, held: Held) -> bool:
        """Whether the job is queued again, has another claim or has ended."""
        with self._reading() as session:
            token = session.scalar(select(Job.claim_token).where(Job.id == held.job_id))
        return token != held.token

    def shift_heartbeats(self, by: timedelta) -> None:
        """Shift all stored heartbeats, as a step of the clock would."""
        moment = utc_now() + by
        with self._sessions() as session, database.writing(session):
            session.execute(update(Worker).values(heartbeat_at=moment))
            session.execute(
                update(Job).where(Job.state == JobState.RUNNING).values(heartbeat_at=moment)
            )

    def integrity(self) -> str:
        """Return the result of SQLite's integrity check: `ok` or the errors."""
        with self._reading() as session:
            return str(session.scalar(text("PRAGMA integrity_check")))

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._sessions() as session, database.reading(session):
            yield session
