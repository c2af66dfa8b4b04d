"""How many bytes the files of jobs and uploads take, now and as far as was promised."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from ffremote.db.database import reading
from ffremote.db.models import ARRIVING, COMPLETE, Job, Upload

from .. import inputs


@dataclass(frozen=True, slots=True)
class Promised:
    """Bytes that are still to be written: of uploads, and of the results of unfinished jobs."""

    uploads: int = 0
    results: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.uploads + self.results

    def __add__(self, other: Self) -> "Promised":
        return Promised(self.uploads + other.uploads, self.results + other.results)


def stored_bytes(session: Session) -> int:
    """Return the size of all uploads and results; an arriving upload counts as far as it is here.

    Identical files count each. Only indexes are read, those of files that were not removed.
    """
    results = Job.result_bytes.is_not(None), Job.files_removed_at.is_(None)
    with reading(session):
        return sum(
            _sum(session, query)
            for query in (
                select(func.sum(Upload.bytes_expected)).where(Upload.state == COMPLETE),
                select(func.sum(Upload.bytes_received)).where(Upload.state == ARRIVING),
                select(func.sum(Job.result_bytes)).where(*results),
            )
        )


def promised_bytes(session: Session, *, lapsed_before: datetime | None = None) -> Promised:
    """Return the bytes that arriving uploads and unfinished jobs have still to write.

    A result is estimated to be as large as its job's inputs together. Both sums read a partial
    index of unfinished rows only. Uploads that expire before `lapsed_before` have been silent for
    too long: neither they nor their jobs count.
    """
    rest = func.coalesce(Upload.bytes_expected, 0) - Upload.bytes_received
    arriving = select(func.sum(rest)).where(Upload.state == ARRIVING)
    results = select(func.sum(Job.output_estimate_bytes)).where(Job.finished_at.is_(None))
    with reading(session):
        if lapsed_before is None:
            return Promised(_sum(session, arriving), _sum(session, results))
        promised = _sum(session, arriving.where(Upload.expires_at >= lapsed_before))
        lapsed = _sum(session, results.where(inputs.waiting_for_lapsed(lapsed_before)))
        return Promised(promised, _sum(session, results) - lapsed)


def spooled_bytes(session: Session, *, lapsed_before: datetime, most: int) -> int:
    """Return how much of a disk arriving uploads will take that go on to a bucket meanwhile.

    Of each no more than `most` bytes stay here.
    """
    rest = func.coalesce(Upload.bytes_expected, 0) - Upload.bytes_received
    capped = func.sum(case((rest > most, most), else_=rest))
    arriving = select(capped).where(Upload.state == ARRIVING, Upload.expires_at >= lapsed_before)
    with reading(session):
        return _sum(session, arriving)


def _sum(session: Session, query: Select[Any]) -> int:
    return int(session.scalar(query) or 0)
