"""Refuses what cannot be taken, before its bytes are stored: too much, no room, no media."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db.database import take_turns, writing
from ffremote.db.models import Upload
from ffremote.errors import (
    FileTooLarge,
    InsufficientStorage,
    QueueFull,
    UnsupportedMediaType,
)
from ffremote.files.storage import Storage

from . import queries, store
from .pending_uploads import of_client, renew, results_of

SNIFF_BYTES = 512
_NO_MEDIA = (b"PK\x03\x04", b"%PDF-", b"\x7fELF", b"\x1f\x8b", b"#!", b"<?php", b"SQLite format 3")
_SUBTITLES = (b"WEBVTT", b"[Script Info]", b"1\n", b"1\r\n", b"0\n", b"0\r\n")


class SpaceReservations:
    """The bytes of forms that arrive in this process; they have no row until they are whole."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sizes: dict[object, int] = {}

    @contextmanager
    def expect(self, size: int) -> Iterator[None]:
        """Count `size` bytes as promised, and a result of that size, while the form arrives."""
        key = object()
        with self._lock:
            self._sizes[key] = 2 * size
        try:
            yield
        finally:
            with self._lock:
                del self._sizes[key]

    @property
    def promised_bytes(self) -> int:
        """What these forms and their results will take at most."""
        with self._lock:
            return sum(self._sizes.values())


def admit(
    session: Session,
    storage: Storage,
    settings: Settings,
    *,
    expected_bytes: int | None = None,
    stored_bytes: int | None = None,
    client: str | None = None,
    arrivals: SpaceReservations,
) -> None:
    """Refuse what cannot be taken, before any byte of it: too large, queue full, no room.

    `expected_bytes` is the length that the client announced, `stored_bytes` that of a file which
    needs no more room; `client` is whose announcement it is, which has bounds of its own. There
    has to be room for the file, for a result of its size, and for all that was promised before.
    What it says holds only within the transaction that acts on it.
    """
    expected = expected_bytes or 0
    if expected > settings.max_upload_bytes:
        raise FileTooLarge(
            f"The file has {expected} bytes; this server takes {settings.max_upload_bytes}.",
            max_bytes=settings.max_upload_bytes,
            bytes=expected,
        )
    require_place(session, settings)
    wanted = 2 * expected + (stored_bytes or 0)
    promised = _promised(session, settings, arrivals)
    require_room(storage, settings, wanted, promised=promised)
    if client is not None:
        require_share(session, storage, settings, client=client, wanted=expected)


def admit_again(
    session: Session,
    storage: Storage,
    settings: Settings,
    upload: Upload,
    *,
    arrivals: SpaceReservations,
) -> None:
    """Put off the end of an upload that is written to.

    One that was silent for too long has lost the room that it was promised, and gets it again;
    raises InsufficientStorage when that is not there any more.
    """
    rest = (upload.bytes_expected or 0) - upload.bytes_received

    def admit_rest(within: Session) -> None:
        wanted = rest + results_of(within, upload.id)
        require_room(storage, settings, wanted, promised=_promised(within, settings, arrivals))

    renew(
        session,
        upload.id,
        expires_at=utc_now() + settings.upload_ttl,
        lapsed_before=_lapsed_before(settings),
        admit=admit_rest,
    )


def require_share(
    session: Session, storage: Storage, settings: Settings, *, client: str, wanted: int
) -> None:
    """Refuse what would let one client take the room of all by announcements alone.

    Raises QueueFull for too many unfinished uploads, InsufficientStorage for too many bytes.
    """
    announced = of_client(session, client, lapsed_before=_lapsed_before(settings))
    if announced.uploads >= settings.max_client_uploads:
        raise QueueFull(
            f"This client has {announced.uploads} unfinished uploads, as many as the server "
            "allows; finish or delete one of them first.",
            unfinished_uploads=announced.uploads,
            max_client_uploads=settings.max_client_uploads,
        )
    free = max(0, storage.free_bytes() - settings.min_free_bytes)
    share = int(free * settings.client_share)
    if announced.unsent_bytes + wanted > share:
        raise InsufficientStorage(
            f"One client may announce {share} bytes that it has not sent; this one has announced "
            f"{announced.unsent_bytes}, and {wanted} more are wanted.",
            free_bytes=free,
            wanted_bytes=wanted,
            announced_bytes=announced.unsent_bytes,
            share_bytes=share,
        )


def _promised(session: Session, settings: Settings, arrivals: SpaceReservations) -> int:
    lapsed = _lapsed_before(settings)
    return store.promised_bytes(session, lapsed_before=lapsed) + arrivals.promised_bytes


def _lapsed_before(settings: Settings) -> datetime:
    """Return the end of an upload that was silent just long enough to lose its room.

    Each sign of life puts the end of an upload off to `upload_ttl` from then.
    """
    return utc_now() + settings.upload_ttl - settings.upload_silence


@contextmanager
def reserve(
    session: Session,
    storage: Storage,
    settings: Settings,
    *,
    expected_bytes: int,
    arrivals: SpaceReservations,
) -> Iterator[None]:
    """Admit a form and keep its room while it arrives; raises what `admit` raises.

    The write lock makes one act of looking and taking, for uploads that get a row as well.
    """
    with ExitStack() as stack:
        with writing(session, relaxed=True):
            take_turns(session)
            admit(session, storage, settings, expected_bytes=expected_bytes, arrivals=arrivals)
            stack.enter_context(arrivals.expect(expected_bytes))
        yield


def require_place(session: Session, settings: Settings) -> None:
    """Raise QueueFull unless one more job may wait."""
    queued = queries.count_queued(session)
    if queued >= settings.max_queued:
        raise QueueFull(
            f"{queued} jobs wait already, as many as this server allows; try again later.",
            queued=queued,
            max_queued=settings.max_queued,
        )


def require_room(
    storage: Storage, settings: Settings, wanted: int, *, promised: int | None = None
) -> None:
    """Raise InsufficientStorage unless `wanted` more bytes leave the operator's reserve free.

    `promised` are bytes that others will write; None asks only whether the bytes fit now, which
    is enough for bytes that were promised themselves.
    """
    free = storage.free_bytes()
    if free - wanted - (promised or 0) < settings.min_free_bytes:
        raise InsufficientStorage(
            f"The disk has {free} bytes free; {wanted} are wanted, {promised or 0} are promised "
            f"to others and {settings.min_free_bytes} are kept in reserve.",
            free_bytes=free,
            wanted_bytes=wanted,
            promised_bytes=promised or 0,
            reserve_bytes=settings.min_free_bytes,
        )


def refuse_no_media(head: bytes) -> None:
    """Raise UnsupportedMediaType for bytes that are plainly no media; FFmpeg judges the rest.

    Looks at the first bytes only and opens nothing: text (playlists and scripts among it),
    archives, documents and programs. Subtitle files are text and are media.
    """
    head = head[:SNIFF_BYTES]
    if not head:
        raise UnsupportedMediaType("The file is empty.", field="file")
    if head.startswith(_NO_MEDIA) or (_is_text(head) and not _is_subtitle(head)):
        raise UnsupportedMediaType(
            "The file is no media: its first bytes are those of text, a document or an archive.",
            field="file",
        )


def _is_text(head: bytes) -> bool:
    if any(byte < 32 and byte not in b"\t\n\v\f\r\x1b" for byte in head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as exc:
        return exc.start >= len(head) - 3 and exc.end == len(head)  # cut inside a character
    return True


def _is_subtitle(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_SUBTITLES)
