"""Uploads on their way to a bucket: whose spool they are in, and which bytes the bucket has.

The bytes that a row names are the upload's, whatever any server's disk has: the next request may
come to another server, and goes on behind them. A request writes under a token of its own, and
nothing that names an older token changes a row. Every function locks the upload's row first, so
that on PostgreSQL too what it reads stays true until its commit.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ffremote.db.database import database_time, reading, writing
from ffremote.db.models import Upload, UploadState
from ffremote.db.types import DatabaseNow
from ffremote.db.upload_part import UploadHome, UploadPart

SILENCE = timedelta(seconds=15)
"""Who has not written for so long has lost the upload to the next request."""


class Taken(ConnectionError):
    """Another request has become the writer of the upload, or the upload was removed."""


@dataclass(frozen=True, slots=True)
class StoredPart:
    """Bytes of an upload that the bucket has, as `ffremote.db.upload_part` explains."""

    start: int
    size: int
    number: int | None
    etag: str | None
    object: str | None
    hash_state: bytes | None

    @property
    def stop(self) -> int:
        """The offset behind its last byte."""
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class Stored:
    """What the rows say of an upload; the parts are in their order, without gaps."""

    place: str | None = None
    token: str = ""
    multipart: str | None = None
    part_bytes: int | None = None
    parts: tuple[StoredPart, ...] = ()

    @property
    def stop(self) -> int:
        """How many of the upload's bytes the bucket has."""
        return self.parts[-1].stop if self.parts else 0

    @property
    def numbered(self) -> tuple[StoredPart, ...]:
        """The parts of the file; the others are pieces of one that is not full yet."""
        return tuple(part for part in self.parts if part.number is not None)

    @property
    def pieces(self) -> tuple[StoredPart, ...]:
        """The objects with the bytes behind the last part."""
        return tuple(part for part in self.parts if part.number is None)


def find(session: Session, upload_id: str) -> Stored:
    """Return what the rows say now; of an upload that nobody has written to, nothing."""
    with reading(session):
        home = session.get(UploadHome, upload_id, populate_existing=True)
        return _stored(session, upload_id, home)


def is_written(session: Session, upload_id: str) -> bool:
    """Return whether a request writes to an upload, or has just ended and has more to record."""
    with reading(session):
        home = session.get(UploadHome, upload_id, populate_existing=True)
        return home is not None and _is_written(session, home.written_at)


def take(session: Session, upload_id: str, place: str) -> Stored | None:
    """Become the writer of an upload, whose spool is in the data directory `place` from now on.

    Return what was stored before, with the new token; `place` is where the spool was. Return None
    while a request at another place writes. Raise Taken for an upload that is not arriving.
    """
    token = uuid.uuid4().hex
    with _locked(session, upload_id):
        home = session.get(UploadHome, upload_id, populate_existing=True)
        before = _stored(session, upload_id, home)
        if home is None:
            home = UploadHome(upload_id=upload_id)
            session.add(home)
        elif home.place != place and _is_written(session, home.written_at):
            return None
        home.place, home.token = place, token
        session.flush()
        _set_home(session, upload_id, written_at=DatabaseNow())
    return Stored(before.place, token, before.multipart, before.part_bytes, before.parts)


def begin(session: Session, upload_id: str, token: str, *, multipart: str, size: int) -> None:
    """Record the id under which the parts, of `size` bytes each, are sent; raise Taken."""
    with _locked(session, upload_id, token):
        _set_home(session, upload_id, multipart=multipart, part_bytes=size)


def add(session: Session, upload_id: str, token: str, part: StoredPart) -> list[str]:
    """Record bytes that the bucket has; return the objects of pieces that it replaces.

    Raise Taken.
    """
    replaced = (UploadPart.upload_id == upload_id, UploadPart.start >= part.start)
    with _locked(session, upload_id, token):
        objects = session.scalars(
            delete(UploadPart).where(*replaced).returning(UploadPart.object)
        ).all()
        session.add(
            UploadPart(
                upload_id=upload_id,
                start=part.start,
                size=part.size,
                number=part.number,
                etag=part.etag,
                object=part.object,
                hash_state=part.hash_state,
            )
        )
        _set_upload(session, upload_id, bytes_received=part.stop)
        _set_home(session, upload_id, written_at=DatabaseNow())
    return [name for name in objects if name is not None]


def renew(
    session: Session, upload_id: str, token: str, *, received: int, expires_at: datetime
) -> None:
    """Record that the writer goes on, and how far it has come; raise Taken."""
    with _locked(session, upload_id, token):
        _set_upload(session, upload_id, bytes_received=received, expires_at=expires_at)
        _set_home(session, upload_id, written_at=DatabaseNow())


def rest(session: Session, upload_id: str, token: str) -> None:
    """Record that the writer has ended, so that another one need not wait; no error if it was."""
    with writing(session, relaxed=True):
        session.execute(
            update(UploadHome)
            .where(UploadHome.upload_id == upload_id, UploadHome.token == token)
            .values(written_at=None)
        )


def forget_parts(session: Session, upload_id: str, token: str) -> list[str]:
    """Begin again at the first byte; return the objects of pieces. Raise Taken."""
    with _locked(session, upload_id, token):
        objects = session.scalars(
            delete(UploadPart).where(UploadPart.upload_id == upload_id).returning(UploadPart.object)
        ).all()
        _set_upload(session, upload_id, bytes_received=0)
        _set_home(session, upload_id, place="", multipart=None, part_bytes=None, written_at=None)
    return [name for name in objects if name is not None]


def forget_removed(session: Session) -> None:
    """Remove the rows of uploads that have ended."""
    ended = select(UploadHome.upload_id).join(Upload, Upload.id == UploadHome.upload_id)
    with reading(session):
        found = session.scalars(ended.where(Upload.state != UploadState.ARRIVING)).all()
    if found:
        with writing(session):
            remove_rows(session, found)


def remove_rows(session: Session, uploads: Collection[str]) -> None:
    """Remove the rows of uploads that have ended, within a transaction."""
    for table in (UploadPart, UploadHome):
        session.execute(delete(table).where(table.upload_id.in_(uploads)))


def known_multiparts(session: Session, multiparts: Collection[str]) -> set[str]:
    """Return those of the bucket's ids that an upload needs."""
    wanted = select(UploadHome.multipart).where(UploadHome.multipart.in_(multiparts))
    with reading(session):
        return {each for each in session.scalars(wanted) if each is not None}


def known_objects(session: Session, objects: Collection[str]) -> set[str]:
    """Return those of the objects of pieces that an upload needs."""
    wanted = select(UploadPart.object).where(UploadPart.object.in_(objects))
    with reading(session):
        return {each for each in session.scalars(wanted) if each is not None}


@contextmanager
def _locked(session: Session, upload_id: str, token: str | None = None) -> Iterator[None]:
    """Change an arriving upload, as the holder of `token` if it is given; raise Taken."""
    with writing(session):
        lock = select(Upload.state).where(Upload.id == upload_id).with_for_update()
        if session.scalar(lock) is not UploadState.ARRIVING:
            raise Taken("The upload is not arriving.")
        holder = select(UploadHome.token).where(UploadHome.upload_id == upload_id)
        if token is not None and session.scalar(holder) != token:
            raise Taken("Another request receives the upload now.")
        yield


def _stored(session: Session, upload_id: str, home: UploadHome | None) -> Stored:
    if home is None:
        return Stored()
    rows: Sequence[UploadPart] = session.scalars(
        select(UploadPart)
        .where(UploadPart.upload_id == upload_id)
        .order_by(UploadPart.start)
        .execution_options(populate_existing=True)
    ).all()
    parts = tuple(
        StoredPart(row.start, row.size, row.number, row.etag, row.object, row.hash_state)
        for row in rows
    )
    return Stored(home.place, home.token, home.multipart, home.part_bytes, parts)


def _is_written(session: Session, written_at: datetime | None) -> bool:
    return written_at is not None and database_time(session) - written_at < SILENCE


def _set_home(session: Session, upload_id: str, **values: Any) -> None:
    session.execute(update(UploadHome).where(UploadHome.upload_id == upload_id).values(**values))


def _set_upload(session: Session, upload_id: str, **values: Any) -> None:
    session.execute(update(Upload).where(Upload.id == upload_id).values(**values))
