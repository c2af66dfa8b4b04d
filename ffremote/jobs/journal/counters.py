"""Counters of what became of jobs: each change is counted once, whichever process does it.

The triggers have noted each change with an id; `count` adds up those behind the last counted one,
and moves that mark in the same transaction. A job's times are read at its end, when they are final.
"""

import json
from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from ffremote.db.database import database_time, reading, writing
from ffremote.db.journal.counter import Counter
from ffremote.db.journal.job_event import JobEvent
from ffremote.db.models import Job, Worker
from ffremote.states import JobState

SETTLED = timedelta(seconds=15)
"""On PostgreSQL a change may be committed after a later one, by no more than this."""
BUCKETS = (1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0, 43200.0)
HISTOGRAMS = ("waiting", "running", "transfer")
ENDED, ENDED_ON, RESCUES = "jobs_ended", "jobs_ended_on", "rescues"
BYTES_IN, BYTES_OUT = "input_bytes", "result_bytes"
_COUNTED = "counted"
_BATCH = 1000

Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Counted:
    """A counter as it is now."""

    name: str
    labels: dict[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class _Change:
    """A change as it was noted."""

    id: int
    job_id: str
    before: JobState | None
    after: JobState | None
    was_lost: bool

    @property
    def is_end(self) -> bool:
        """Whether the job ended with it."""
        has_moved = self.before is not None and self.before is not self.after
        return has_moved and self.after is not None and self.after.is_final


@dataclass(slots=True)
class _Sums:
    """What a batch of changes adds to the counters."""

    by_key: Tally[Key] = field(default_factory=Tally)

    def add(self, name: str, value: float = 1, **labels: str) -> None:
        self.by_key[name, tuple(sorted(labels.items()))] += value  # type: ignore[assignment]

    def observe(self, name: str, start: datetime | None, end: datetime | None) -> None:
        """Add a span to a histogram; a clock that was set back makes none negative."""
        if start is None or end is None:
            return
        seconds = max(0.0, (end - start).total_seconds())
        place = bisect_left(BUCKETS, seconds)
        self.add(name, le=str(BUCKETS[place]) if place < len(BUCKETS) else "+Inf")
        self.add(f"{name}_sum", seconds)


def count(session: Session) -> None:
    """Count all changes that are settled."""
    while _count_batch(session):
        pass


def read(session: Session) -> list[Counted]:
    """Return all counters."""
    query = select(Counter.name, Counter.labels, Counter.value).where(Counter.name != _COUNTED)
    with reading(session):
        return [
            Counted(row.name, json.loads(row.labels), row.value) for row in session.execute(query)
        ]


def _count_batch(session: Session) -> bool:
    """Count the next changes; return whether there may be more."""
    last = _last_settled(session)
    if last is None:
        return False
    with writing(session):
        mark = select(Counter.value).where(Counter.name == _COUNTED).with_for_update()
        position = int(session.scalars(mark).one())
        changes = _next_changes(session, position, last)
        if not changes:
            return False
        _store(session, _sums_of(session, changes))
        end = {"value": float(changes[-1].id)}
        session.execute(update(Counter).where(Counter.name == _COUNTED).values(**end))
    return len(changes) == _BATCH


def _last_settled(session: Session) -> int | None:
    """Return the last change to count, None: all are counted. It writes nothing."""
    with reading(session):
        position = session.scalars(select(Counter.value).where(Counter.name == _COUNTED)).one()
        newest = session.scalar(select(func.max(JobEvent.id))) or 0
        if newest <= position or session.get_bind().dialect.name == "sqlite":
            return newest if newest > position else None
        before = database_time(session) - SETTLED
        uncounted = JobEvent.id > position
        young = session.scalar(select(func.min(JobEvent.id)).where(uncounted, JobEvent.at > before))
    last = newest if young is None else young - 1
    return last if last > position else None


def _next_changes(session: Session, position: int, last: int) -> list[_Change]:
    columns = (JobEvent.id, JobEvent.job_id, JobEvent.state_before, JobEvent.state_after)
    query = select(*columns, JobEvent.was_lost).where(JobEvent.id > position, JobEvent.id <= last)
    rows = session.execute(query.order_by(JobEvent.id).limit(_BATCH))
    return [_Change(*row) for row in rows]


def _sums_of(session: Session, changes: Sequence[_Change]) -> _Sums:
    sums = _Sums()
    for job, host in _ended_jobs(session, [each.job_id for each in changes if each.is_end]):
        reason = str(job.error_reason or "") if job.state is JobState.FAILED else ""
        sums.add(ENDED, state=job.state.value, reason=reason)
        if host is not None:
            sums.add(ENDED_ON, state=job.state.value, host=host)
        sums.observe("transfer", job.created_at, job.input_ready_at)
        sums.observe("waiting", job.input_ready_at, job.started_at)
        sums.observe("running", job.started_at, job.finished_at)
        sums.add(BYTES_IN, job.output_estimate_bytes)
        sums.add(BYTES_OUT, job.result_bytes or 0)
    sums.add(RESCUES, sum(change.was_lost for change in changes))
    return sums


def _ended_jobs(session: Session, job_ids: Sequence[str]) -> list[tuple[Job, str | None]]:
    """Return the jobs, each with the host of its worker."""
    query = select(Job, Worker.host).outerjoin(Worker, Worker.id == Job.worker_id)
    return [(job, host) for job, host in session.execute(query.where(Job.id.in_(job_ids)))]


def _store(session: Session, sums: _Sums) -> None:
    """Add the sums to the counters; this transaction is the only one that does so now."""
    for (name, labels), value in sums.by_key.items():
        text = json.dumps(dict(labels))
        row = (Counter.name == name, Counter.labels == text)
        changed = session.scalar(
            update(Counter).where(*row).values(value=Counter.value + value).returning(Counter.value)
        )
        if changed is None:
            session.execute(insert(Counter).values(name=name, labels=text, value=value))
