"""The file of an upload on this disk, behind which its parts go to a bucket.

It has the bytes that the bucket does not have yet; those before are a hole. The rows say whose
spool is the right one. A server whose spool is not makes one of what the bucket has.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

from sqlalchemy.orm import Session

from ffremote.clock import monotonic
from ffremote.db import database
from ffremote.db.models import Upload, UploadState
from ffremote.depot import keys
from ffremote.depot.protocol import Depot, FileLost, InParts, PartsLost
from ffremote.host.place import directory_of
from ffremote.jobs import store
from ffremote.jobs.fleet import upload_parts
from ffremote.jobs.fleet.upload_parts import Stored, Taken

from ..context import AppContext
from ..ingest.parts.record import Record
from ..ingest.parts.sender import MAX_BEHIND, PartSender
from ..ingest.parts.transit import SENT, Route, sent_of
from ..ingest.request_body import Readable, write_all
from ..ingest.tus import UploadLocked
from ..ingest.upload_file import Writer

WAIT_SECONDS = 5.0  # for a request that has just ended at another server
SETTLE_SECONDS = 1.0
LOOK_SECONDS = 0.1
_PAUSE = threading.Event()  # never set: its wait is a sleep


def offset_of(context: AppContext, upload: Upload, *, settled: bool) -> int:
    """Return at which byte an arriving upload goes on at this server.

    If `settled`, a moment is waited for what a request elsewhere that has just ended has to record.
    """
    path = context.storage.upload_partial(upload.id)
    stored = upload_parts.find(context.session, upload.id)
    if not _is_right(context, stored, path):
        return (_settled(context, upload) if settled else stored).stop
    if _is_whole(context, upload):
        return upload.bytes_expected or 0
    with suppress(FileNotFoundError):
        return max(stored.stop, path.stat().st_size)
    return stored.stop


def space_for(context: AppContext, size: int, length: int) -> int:
    """Return how much of the disk `length` further bytes of an upload of `size` bytes need."""
    in_parts = context.storage.depot.in_parts(size)
    return length if in_parts is None else min(length, (MAX_BEHIND + 1) * in_parts.part_bytes)


@contextmanager
def opened(
    context: AppContext, upload: Upload, in_parts: InParts, stream: Readable
) -> Iterator[tuple[Writer, PartSender]]:
    """Open the spool for its only writer, on any server.

    Raise UploadLocked if a request writes elsewhere, FileNotFoundError if it is not arriving.
    """
    path = _made(context, upload)
    with context.takeover.writer(upload.id, path, stream) as writer:
        sender = context.senders.attached(upload.id)
        if sender is None:
            sender = _start(context, upload, in_parts, writer)
        try:
            yield writer, sender
        finally:
            sender.detach()


def _made(context: AppContext, upload: Upload) -> Path:
    """Return the path of the spool, which is made empty if there is none."""
    if store.find_upload(context.session, upload.id).state is not UploadState.ARRIVING:
        raise FileNotFoundError(upload.id)
    path = context.storage.upload_partial(upload.id)
    if _is_whole(context, upload):
        raise FileNotFoundError(path)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    return path


def _is_whole(context: AppContext, upload: Upload) -> bool:
    """Return whether the file has its final name here: no bucket was set when it was complete."""
    try:
        context.storage.local.size(keys.upload(upload.id))
    except FileNotFoundError:
        return False
    return True


def _settled(context: AppContext, upload: Upload) -> Stored:
    """Return what the rows say once a request that has just ended elsewhere has told all."""
    deadline = monotonic() + SETTLE_SECONDS
    while upload_parts.is_written(context.session, upload.id) and monotonic() < deadline:
        _PAUSE.wait(LOOK_SECONDS)
    return upload_parts.find(context.session, upload.id)


def _start(context: AppContext, upload: Upload, in_parts: InParts, writer: Writer) -> PartSender:
    path = context.storage.upload_partial(upload.id)
    before, stored = _take(context, upload)
    if not _is_right(context, before, path) or writer.size < stored.stop:
        context.digests.pop(upload.id, -1)
        _rebuild(context.storage.depot, path, stored)
        writer.size = stored.stop
    route = Route(upload.id, upload.bytes_expected or 0, path, context.storage.depot, in_parts)
    record = Record(_sessions(context), upload.id, stored.token, context.settings.upload_ttl)
    return context.senders.start(route, stored, record)


def _take(context: AppContext, upload: Upload) -> tuple[Stored, Stored]:
    """Become the writer; return what the rows said before, and what they say now."""
    place = directory_of(context.storage.run)
    deadline = monotonic() + WAIT_SECONDS
    while True:
        try:
            before = upload_parts.find(context.session, upload.id)
            stored = upload_parts.take(context.session, upload.id, place)
        except Taken as exc:
            raise FileNotFoundError(upload.id) from exc
        if stored is not None:
            return before, stored
        if monotonic() > deadline:
            raise UploadLocked(
                "Another server receives this upload now; request its offset again in a moment."
            )
        _PAUSE.wait(LOOK_SECONDS)


def _is_right(context: AppContext, stored: Stored, path: Path) -> bool:
    """Return whether the spool here is the one that the rows mean, without holes behind them."""
    is_here = stored.place in (None, directory_of(context.storage.run))
    return is_here and sent_of(path) <= stored.stop


def _rebuild(depot: Depot, path: Path, stored: Stored) -> None:
    """Make the spool of what the bucket has: a hole, and the pieces behind it."""
    path.with_name(SENT).unlink(missing_ok=True)
    with path.open("r+b", buffering=0) as file:
        file.truncate(0)
        file.truncate(stored.numbered[-1].stop if stored.numbered else 0)
        for piece in stored.pieces:
            file.seek(piece.start)
            for block in _piece(depot, piece.object or "", piece.size):
                write_all(file.write, block)


def _piece(depot: Depot, key: str, size: int) -> Iterator[bytes]:
    try:
        yield from depot.open(key, 0, size).blocks()
    except FileLost as exc:
        raise PartsLost("The object store has lost a piece of this upload.") from exc


def _sessions(context: AppContext) -> Callable[[], Session]:
    return cast(Callable[[], Session], database.session_maker(context.db.engine))
