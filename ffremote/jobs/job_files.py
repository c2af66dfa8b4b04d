"""The published files of jobs that have several: one row each, written with the job's end."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from ffremote.db.database import reading
from ffremote.db.job_file import JobFile
from ffremote.files.publication import PublishedFile

# The statements are built over the plain table: a job may have 20,000 rows here.
_FILES = cast(Table, JobFile.__table__)
_COLUMNS = (
    *(_FILES.c.name, _FILES.c.bytes, _FILES.c.sha256, _FILES.c.crc32),
    *(_FILES.c.content_type, _FILES.c.duration),
)


def add(session: Session, job_id: str, files: Sequence[PublishedFile]) -> None:
    """Store the files of a job, within the transaction that completes it."""
    rows = [
        {
            "job_id": job_id,
            "position": position,
            "name": each.name,
            "bytes": each.bytes,
            "sha256": each.sha256,
            "crc32": each.crc32,
            "content_type": each.content_type,
            "duration": each.duration,
        }
        for position, each in enumerate(files)
    ]
    session.execute(insert(_FILES), rows)


def count(session: Session, job_id: str) -> int:
    """Return how many rows a job has here: 0, or the number of its several files."""
    with reading(session):
        query = select(func.count()).select_from(_FILES).where(_FILES.c.job_id == job_id)
        return session.scalar(query) or 0


def page(
    session: Session, job_id: str, *, start: int = 0, limit: int | None = None
) -> list[PublishedFile]:
    """Return the files of a job from position `start` on, in their order."""
    query = select(*_COLUMNS).where(_FILES.c.job_id == job_id, _FILES.c.position >= start)
    with reading(session):
        rows = session.execute(query.order_by(_FILES.c.position).limit(limit)).all()
    return [_file(row) for row in rows]


def find(session: Session, job_id: str, name: str) -> tuple[int, PublishedFile] | None:
    """Return position and data of the job's file with this name, or None."""
    if "\0" in name:
        return None  # PostgreSQL fails with an error
    query = select(*_COLUMNS, _FILES.c.position)
    with reading(session):
        row = session.execute(
            query.where(_FILES.c.job_id == job_id, _FILES.c.name == name)
        ).one_or_none()
    return None if row is None else (row.position, _file(row))


def _file(row: Sequence[Any]) -> PublishedFile:
    return PublishedFile(*row[: len(_COLUMNS)])
