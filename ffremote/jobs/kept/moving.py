"""Moves whole files between this host's disk and the object store, one row after the other.

A file is written, read back and compared with the sha256 of its row; then the row names its new
place, and later the old file goes. So both places serve files meanwhile, and a move may end at any
moment and go on later: what its row does not name yet is written again.
"""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from ffremote.db.database import reading, writing
from ffremote.db.models import COMPLETE, Job, Upload
from ffremote.depot import keys
from ffremote.depot.protocol import Depot
from ffremote.files.storage import Storage

from .. import job_files

BATCH = 100
SCRATCH = "moving-"  # of the directories that a move has in the cache

Row = TypeVar("Row", Upload, Job)


class NotMoved(Exception):
    """Why a file stays where it is."""


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file by its key, with the size and sha256 that its row says."""

    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The files that one row names together: an upload, or the result of a job."""

    model: type[Upload] | type[Job]
    id: str
    name: str
    """How the row names them in an object store."""
    files: Sequence[WholeFile]

    @property
    def bytes(self) -> int:
        """Their size."""
        return sum(file.bytes for file in self.files)

    def __str__(self) -> str:
        return f"{'upload' if self.model is Upload else 'job'} {self.id}"


@dataclass(frozen=True, slots=True)
class Route:
    """From where to where; `is_back` from the object store to this disk."""

    source: Depot
    target: Depot
    is_back: bool

    @classmethod
    def of(cls, storage: Storage, *, is_back: bool) -> "Route":
        """Return the way between the disk of a storage and its object store."""
        if is_back:
            return cls(storage.depot, storage.local, is_back)
        return cls(storage.local, storage.depot, is_back)


def pending(session: Session, route: Route) -> Iterator[Unit]:
    """Yield what is to be moved: whole uploads, and the results of completed jobs."""
    for upload in _in_batches(session, Upload, _uploads(route)):
        key = keys.upload(upload.id)
        file = WholeFile(key, upload.bytes_expected or 0, upload.sha256 or "")
        yield Unit(Upload, upload.id, key, [file])
    for job in _in_batches(session, Job, _jobs(route)):
        yield _result(session, job)


def move(
    session: Session, storage: Storage, route: Route, unit: Unit, *, min_free_bytes: int
) -> bool:
    """Copy the files of a row and let the row name their new place.

    The caller then removes the old ones by `remove_old`. Return False if the row has changed
    meanwhile: removed, or moved by another command. Raise NotMoved, DepotAway, OSError.
    """
    if route.is_back and storage.free_bytes() - unit.bytes < min_free_bytes:
        raise NotMoved(f"this disk has no room for its {unit.bytes} bytes")
    with tempfile.TemporaryDirectory(dir=storage.cache, prefix=SCRATCH) as scratch:
        for file in unit.files:
            _copy(storage, route, file, Path(scratch) / "file")
    if _rename(session, route, unit):
        return True
    if not _is_named(session, route, unit):
        remove(route.target, unit)
    return False


def remove(depot: Depot, unit: Unit) -> None:
    """Remove the files of a row from a depot that it does not name."""
    for file in unit.files:
        depot.remove(file.key)


def left_behind(session: Session, storage: Storage) -> Iterator[Unit]:
    """Yield what rows name in the object store and an interrupted move left on this disk, too."""
    for unit in pending(session, Route.of(storage, is_back=True)):
        if any((storage.root / file.key).exists() for file in unit.files):
            yield unit


def _copy(storage: Storage, route: Route, file: WholeFile, scratch: Path) -> None:
    try:
        route.source.fetch(file.key, scratch)
    except FileNotFoundError as exc:
        where = "in the bucket" if route.is_back else "on this host's disk"
        raise NotMoved(f"{file.key} is not {where}") from exc
    if route.is_back:
        (storage.root / file.key).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = route.target.keep(scratch, file.key)
    if (kept.bytes, kept.sha256) != (file.bytes, file.sha256):
        route.target.remove(file.key)
        raise NotMoved(f"{file.key} has other bytes than its row says")
    if _sha256(route.target, file) != file.sha256:
        route.target.remove(file.key)
        raise NotMoved(f"{file.key} reads back with other bytes than were written")


def _sha256(depot: Depot, file: WholeFile) -> str:
    digest = hashlib.sha256()
    for block in depot.open(file.key, 0, file.bytes).blocks():
        digest.update(block)
    return digest.hexdigest()


def _uploads(route: Route) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of uploads that are where the route begins."""
    yield Upload.state == COMPLETE
    yield Upload.object.is_not(None) if route.is_back else Upload.object.is_(None)


def _jobs(route: Route) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of jobs whose results are there, and not about to be removed."""
    yield Job.result_token.is_not(None)
    yield Job.expired_at.is_(None)
    yield Job.result_object.is_not(None) if route.is_back else Job.result_object.is_(None)


def _in_batches(
    session: Session, model: type[Row], conditions: Iterable[ColumnElement[bool]]
) -> Iterator[Row]:
    query = select(model).where(*conditions).order_by(model.id).limit(BATCH)
    last = ""
    while True:
        with reading(session):
            found = session.scalars(query.where(model.id > last)).all()
            session.expunge_all()
        if not found:
            return
        last = found[-1].id
        yield from found


def _result(session: Session, job: Job) -> Unit:
    token, several = job.result_token or "", job_files.page(session, job.id)
    name = keys.of_result(job.id, token, several)
    if not several:
        return Unit(
            Job, job.id, name, [WholeFile(name, job.result_bytes or 0, job.result_sha256 or "")]
        )
    files = [
        WholeFile(keys.file(name, position), each.bytes, each.sha256)
        for position, each in enumerate(several)
    ]
    return Unit(Job, job.id, name, files)


def _rename(session: Session, route: Route, unit: Unit) -> bool:
    """Let the row name the new place; return whether it named the old one until now."""
    name = None if route.is_back else unit.name
    if unit.model is Upload:
        change = update(Upload).where(Upload.id == unit.id, *_uploads(route)).values(object=name)
    else:
        change = update(Job).where(Job.id == unit.id, *_jobs(route)).values(result_object=name)
    with writing(session):
        return cast(CursorResult[Any], session.execute(change)).rowcount == 1


def _is_named(session: Session, route: Route, unit: Unit) -> bool:
    """Return whether the row names the new place already."""
    other = replace(route, is_back=not route.is_back)
    with reading(session):
        if unit.model is Upload:
            query = select(Upload.id).where(Upload.id == unit.id, *_uploads(other))
        else:
            query = select(Job.id).where(Job.id == unit.id, *_jobs(other))
        return session.scalar(query) is not None
