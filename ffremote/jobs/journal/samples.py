"""A sample of the service for each minute of the last day: taken, read, removed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ffremote.db.database import database_time, reading, writing
from ffremote.db.journal.sample import Sample
from ffremote.states import JobState

from .. import totals
from . import counters

KEPT = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MOST_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute: what waited, ran and was free at its end, and what ended and arrived in it."""

    at: datetime
    queued: int
    running: int
    completed: int
    failed: int
    canceled: int
    bytes_in: int
    bytes_out: int
    free_bytes: int
    workers: int


def take(session: Session, *, free_bytes: int, workers: int) -> bool:
    """Store the sample of this minute; return False if another server has done so."""
    now = database_time(session).replace(second=0, microsecond=0)
    with reading(session):
        if session.get(Sample, now) is not None:
            return False
    states, sums = totals.by_state(session), _sums(session)
    sample = Sample(
        at=now,
        queued=states.get(JobState.QUEUED, 0),
        running=states.get(JobState.RUNNING, 0),
        free_bytes=free_bytes,
        workers=workers,
        **{name: round(value) for name, value in sums.items()},
    )
    try:
        with writing(session):
            session.add(sample)
            session.execute(delete(Sample).where(Sample.at < now - KEPT - MINUTE))
    except IntegrityError:
        return False
    return True


def last(session: Session, minutes: int) -> list[Minute]:
    """Return the samples of the last minutes, oldest first; minutes without a server have none."""
    with reading(session):
        since = database_time(session) - (minutes + 1) * MINUTE
        query = select(Sample).where(Sample.at >= since).order_by(Sample.at)
        found = session.scalars(query).all()
    return list(_minutes(found))


def _minutes(found: Sequence[Sample]) -> Iterator[Minute]:
    """Turn sums since ever into what was added in each minute; the first one has no minute."""
    for before, now in pairwise(found):
        added = {
            name: max(0, getattr(now, name) - getattr(before, name))
            for name in ("completed", "failed", "canceled", "bytes_in", "bytes_out")
        }
        yield Minute(
            at=now.at,
            queued=now.queued,
            running=now.running,
            free_bytes=now.free_bytes,
            workers=now.workers,
            **added,
        )


def _sums(session: Session) -> dict[str, float]:
    """Return what ended since ever, by state, and its bytes."""
    counters.count(session)
    sums = dict.fromkeys(("completed", "failed", "canceled", "bytes_in", "bytes_out"), 0.0)
    names = {counters.BYTES_IN: "bytes_in", counters.BYTES_OUT: "bytes_out"}
    for each in counters.read(session):
        name = each.labels["state"] if each.name == counters.ENDED else names.get(each.name)
        if name is not None:
            sums[name] += each.value
    return sums
