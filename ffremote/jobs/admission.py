"""Refuses requests before their bytes are stored: too large, queue full, disk full."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db.database import serialize_writers, writing
from ffremote.db.models import Upload
from ffremote.errors import (
    FileTooLarge,
    InsufficientStorage,
    QueueFull,
)
from ffremote.files.storage import Storage

from . import queries
from .kept import quota, usage
from .kept.reservations import SpaceReservations
from .kept.usage import Promised
from .pending_uploads import expected_result_bytes, renew, uploads_of_client

SPOOLED_PARTS = 5  # so many of an upload are on the disk at most, behind which its parts are sent


def admit(
    session: Session,
    storage: Storage,
    settings: Settings,
    *,
    expected_bytes: int | None = None,
    stored_bytes: int | None = None,
    unpacked_bytes: int = 0,
    client: str | None = None,
    reservations: SpaceReservations,
) -> None:
    """Raise FileTooLarge, QueueFull or InsufficientStorage for an upload that does not fit.

    `expected_bytes` is the announced length, `stored_bytes` that of a file which is stored already
    and needs space for its result only; `client` has limits of its own. There must be space for
    the file, for a result of its size, for `unpacked_bytes`, those of sequences, which are written
    a second time, and for all that was promised before. The decision holds only within the
    transaction that stores the row.
    """
    expected = expected_bytes or 0
    if expected > settings.max_upload_bytes:
        raise FileTooLarge(
            f"The file has {expected} bytes; the limit is {settings.max_upload_bytes}.",
            max_bytes=settings.max_upload_bytes,
            bytes=expected,
        )
    require_queue_capacity(session, settings)
    wanted = Promised(expected, expected + (stored_bytes or 0))
    promised = _promised(session, settings, reservations)
    _require_space(session, storage, settings, wanted, promised, unpacked_bytes=unpacked_bytes)
    if client is not None:
        require_client_share(session, storage, settings, client=client, wanted=expected)


def renew_upload(
    session: Session,
    storage: Storage,
    settings: Settings,
    upload: Upload,
    *,
    reservations: SpaceReservations,
) -> None:
    """Extend the lifetime of an upload that is being written to.

    An upload that was silent for too long has lost its reserved space, which is reserved again;
    raise InsufficientStorage when the disk has no more space for it.
    """
    rest = (upload.bytes_expected or 0) - upload.bytes_received

    def admit_rest(within: Session) -> None:
        wanted = Promised(rest, expected_result_bytes(within, upload.id))
        promised = _promised(within, settings, reservations)
        _require_space(within, storage, settings, wanted, promised)

    renew(
        session,
        upload.id,
        expires_at=utc_now() + settings.upload_ttl,
        lapsed_before=_lapsed_before(settings),
        admit=admit_rest,
    )


def require_client_share(
    session: Session, storage: Storage, settings: Settings, *, client: str, wanted: int
) -> None:
    """Limit what one client may announce, so that it cannot reserve the whole disk.

    Raise QueueFull for too many unfinished uploads, InsufficientStorage for too many bytes.
    """
    announced = uploads_of_client(session, client, lapsed_before=_lapsed_before(settings))
    if announced.uploads >= settings.max_client_uploads:
        raise QueueFull(
            f"This client has {announced.uploads} unfinished uploads, as many as the server "
            "allows; finish or delete one of them first.",
            unfinished_uploads=announced.uploads,
            max_client_uploads=settings.max_client_uploads,
        )
    free = max(0, storage.free_bytes() - settings.min_free_bytes)
    if (kept := quota.current(session, settings)) is not None:
        free = min(free, kept.free_bytes)
    share = int(free * settings.client_share)
    if announced.unsent_bytes + wanted > share:
        raise InsufficientStorage(
            f"One client may announce {share} unsent bytes; this client has announced "
            f"{announced.unsent_bytes}, and {wanted} more are needed.",
            free_bytes=free,
            wanted_bytes=wanted,
            announced_bytes=announced.unsent_bytes,
            share_bytes=share,
        )


def _promised(session: Session, settings: Settings, reservations: SpaceReservations) -> Promised:
    lapsed = _lapsed_before(settings)
    return usage.promised_bytes(session, lapsed_before=lapsed) + reservations.promised


def _lapsed_before(settings: Settings) -> datetime:
    """Return the expiry of an upload that was silent just long enough to lose its reservation.

    Each write sets the expiry of an upload to `upload_ttl` from then.
    """
    return utc_now() + settings.upload_ttl - settings.upload_silence


@contextmanager
def reserve(
    session: Session,
    storage: Storage,
    settings: Settings,
    *,
    expected_bytes: int,
    reservations: SpaceReservations,
) -> Iterator[None]:
    """Admit a form and reserve its space while it arrives; raise what `admit` raises.

    The write lock makes check and reservation atomic, also against uploads, which get a row.
    """
    with ExitStack() as stack:
        with writing(session, relaxed=True):
            serialize_writers(session)
            admit(
                session, storage, settings, expected_bytes=expected_bytes, reservations=reservations
            )
            stack.enter_context(reservations.reserve(expected_bytes))
        yield


def require_form_space(
    session: Session,
    storage: Storage,
    settings: Settings,
    *,
    unpacked_bytes: int,
    reservations: SpaceReservations,
) -> None:
    """Raise QueueFull or InsufficientStorage for a form that was received.

    Its space and that of its result are still reserved; the pictures of its sequences,
    `unpacked_bytes`, may take what was reserved for the form itself, which is stored by now.
    """
    require_queue_capacity(session, settings)
    if unpacked_bytes and storage.depot.is_on_this_disk:
        promised = _promised(session, settings, reservations).total - unpacked_bytes
        require_free_space(storage, settings, unpacked_bytes, promised=promised)


def require_total_size(settings: Settings, uploads: Sequence[Upload]) -> None:
    """Raise FileTooLarge if the inputs of one job are too large together.

    An upload that is several of them counts once.
    """
    total = sum({upload.id: upload.bytes_expected or 0 for upload in uploads}.values())
    if len(uploads) > 1 and total > settings.max_upload_bytes:
        raise FileTooLarge(
            f"The {len(uploads)} inputs have {total} bytes together; the limit is "
            f"{settings.max_upload_bytes}.",
            max_bytes=settings.max_upload_bytes,
            bytes=total,
        )


def require_queue_capacity(session: Session, settings: Settings) -> None:
    """Raise QueueFull if the queue is at its limit."""
    queued = queries.count_queued(session)
    if queued >= settings.max_queued:
        raise QueueFull(
            f"{queued} jobs are queued, the limit of this server; try again later.",
            queued=queued,
            max_queued=settings.max_queued,
        )


def _require_space(
    session: Session,
    storage: Storage,
    settings: Settings,
    wanted: Promised,
    promised: Promised,
    *,
    unpacked_bytes: int = 0,
) -> None:
    """Raise InsufficientStorage unless disk and quota have space for what is wanted and promised.

    With a depot elsewhere this disk has only uploads, as far as they are not there yet: results are
    made on the disks of workers, which look after themselves.
    """
    if storage.depot.is_on_this_disk:
        on_disk, reserved = wanted.total + unpacked_bytes, promised.total
    else:
        parts = storage.depot.in_parts(settings.max_upload_bytes)
        most = settings.max_upload_bytes if parts is None else SPOOLED_PARTS * parts.part_bytes
        on_disk = min(wanted.uploads, most)
        lapsed = _lapsed_before(settings)
        reserved = usage.spooled_bytes(session, lapsed_before=lapsed, most=most)
    require_free_space(storage, settings, on_disk, promised=reserved)
    quota.require(session, settings, wanted.total, promised=promised)


def require_free_space(
    storage: Storage, settings: Settings, wanted: int, *, promised: int | None = None
) -> None:
    """Raise InsufficientStorage unless `wanted` more bytes leave the operator's reserve free.

    `promised` are bytes that other uploads and jobs will write; with None only the free space
    counts, which is enough for bytes that are part of the promised ones themselves.
    """
    free = storage.free_bytes()
    if free - wanted - (promised or 0) < settings.min_free_bytes:
        raise InsufficientStorage(
            f"The disk has {free} bytes free; {wanted} are needed, {promised or 0} are reserved "
            f"for other uploads and jobs, and {settings.min_free_bytes} must stay free.",
            free_bytes=free,
            wanted_bytes=wanted,
            promised_bytes=promised or 0,
            reserve_bytes=settings.min_free_bytes,
        )
