"""Receives the chunks of an upload; the last one completes it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from flask import request

from ffremote.db.models import Upload, UploadState
from ffremote.depot import keys
from ffremote.depot.protocol import Depot
from ffremote.errors import UnsupportedMediaType, UploadConflict, UploadNotFound
from ffremote.files import first_bytes
from ffremote.files.background_hash import Hash
from ffremote.files.storage import Storage
from ffremote.jobs import admission, pending_uploads, retention, store, submission
from ffremote.jobs.fleet.upload_parts import Taken
from ffremote.spec.roles import Role

from .context import AppContext
from .inflow import spool
from .inflow.local import LocalInflow, renew
from .inflow.parts import PartsInflow
from .inflow.protocol import Inflow
from .ingest import tus
from .ingest.hashing import sha256_of_kept
from .ingest.request_body import Readable, content_length, file_too_large
from .ingest.tus import UploadLocked

__all__ = ["renew"]


class Stalled(UploadConflict):
    """The request's body stalled or broke off; `details` has the offset at which to resume."""


class FileMismatch(tus.ChecksumMismatch):
    """The received file does not have the sha256 in the upload's metadata."""


# Errors with which a fully received upload is refused and removed.
REFUSALS = (UnsupportedMediaType, FileMismatch)


def offset_of(context: AppContext, upload: Upload, *, settled: bool = False) -> int:
    """Return how many bytes of an upload have been received; raise UploadNotFound.

    With `settled` other servers are given a moment to record the last of them.
    """
    expected = upload.bytes_expected or 0
    if upload.state is UploadState.COMPLETE:
        return expected
    if not context.storage.depot.is_on_this_disk:
        return spool.offset_of(context, upload, settled=settled)
    try:
        return context.storage.upload_partial(upload.id).stat().st_size
    except FileNotFoundError:  # completed or removed since the row was read
        if _depot_of(context.storage, upload) is not None:
            return expected
    raise UploadNotFound(upload.id)


def has_all_bytes(context: AppContext, upload: Upload) -> bool:
    """Whether all bytes of an upload have been received, whatever its row says."""
    try:
        return offset_of(context, upload) == upload.bytes_expected
    except UploadNotFound:
        return False


def receive(context: AppContext, upload: Upload, *, offset: int) -> int:
    """Append the body of the current request at `offset`; return the upload's new size in bytes.

    Raises UploadConflict for a wrong offset, Stalled, UploadLocked, ChecksumMismatch, FileTooLarge,
    InsufficientStorage, UploadNotFound, and REFUSALS, after which the upload is removed.
    """
    length = content_length()
    _admit(context, upload, offset, length)
    try:
        with opened(context, upload, request.environ["wsgi.input"]) as inflow:
            inflow.require_offset(offset)
            _append(context, upload, inflow, length)
            return inflow.writer.size
    except FileNotFoundError:
        size = complete_stored(context, upload)
        if offset == size and length == 0:
            return size
        raise UploadConflict("The upload is already complete.", offset=size) from None
    except Taken as exc:
        _require_arriving(context, upload)
        raise UploadLocked("Another server receives this upload now; ask for its offset.") from exc
    except (ConnectionError, TimeoutError) as exc:
        _require_arriving(context, upload)
        # A client that receives this is connected again; every tus client then asks for the offset.
        raise Stalled(
            f"The body broke off; {inflow.writer.size} bytes of the upload are stored.",
            offset=inflow.writer.size,
        ) from exc
    except REFUSALS:
        retention.remove_upload(context.session, context.storage, upload.id)
        raise


def _admit(context: AppContext, upload: Upload, offset: int, length: int) -> None:
    """Raise FileTooLarge or InsufficientStorage for a body that does not fit."""
    expected = upload.bytes_expected or 0
    if offset + length > expected:
        raise file_too_large(offset + length, expected)
    admission.require_free_space(
        context.storage, context.settings, spool.space_for(context, expected, length)
    )
    admission.renew_upload(
        context.session,
        context.storage,
        context.settings,
        upload,
        reservations=context.reservations,
    )


def _require_arriving(context: AppContext, upload: Upload) -> None:
    """Raise UploadNotFound for an upload that was removed meanwhile."""
    if store.find_upload(context.session, upload.id).state is UploadState.REMOVED:
        raise UploadNotFound(upload.id)


@contextmanager
def opened(context: AppContext, upload: Upload, stream: Readable) -> Iterator[Inflow]:
    """Open an upload for the only writer, which reads from `stream`.

    Raise UploadLocked, or FileNotFoundError if it is not arriving.
    """
    in_parts = context.storage.depot.in_parts(upload.bytes_expected or 0)
    if in_parts is None:
        path = context.storage.upload_partial(upload.id)
        with context.takeover.writer(upload.id, path, stream) as writer:
            yield LocalInflow(context, upload, writer)
        return
    with spool.opened(context, upload, in_parts, stream) as (writer, sender):
        yield PartsInflow(context, upload, writer, sender)


def _append(context: AppContext, upload: Upload, inflow: Inflow, length: int) -> None:
    checksum = tus.parse_checksum(request.headers.get("Upload-Checksum"))
    writer, digest = inflow.writer, inflow.start_hash()
    try:
        writer.append(
            request.environ["wsgi.input"],
            length=length,
            checksum=checksum,
            digest=digest,
            check_head=lambda head: _check_head(context, upload, head),
            on_progress=lambda size: inflow.written(size, digest, is_certain=checksum is None),
        )
    finally:
        inflow.keep_hash(digest)
    if writer.size == upload.bytes_expected:
        complete(context, upload, inflow, digest)
    else:
        renew(context, upload, writer.size)
        inflow.written(writer.size, digest)


def _check_head(context: AppContext, upload: Upload, head: bytes) -> None:
    first_bytes.refuse_unwanted(
        head, _role(upload), lambda: pending_uploads.inputs_waiting(context.session, upload.id)
    )


def complete(context: AppContext, upload: Upload, inflow: Inflow, digest: Hash | None) -> None:
    """Complete the upload whose bytes are all there; raise REFUSALS.

    `digest` is the sha256 of the first `writer.hashed` bytes; without one all is read again.
    """
    inflow.make_whole(digest)
    _check_head(context, upload, inflow.head())
    is_known = inflow.writer.hashed == inflow.writer.size
    sha256 = digest.hexdigest() if digest is not None and is_known else inflow.sha256()
    expected = tus.metadata_text(tus.parse_metadata(upload.tus_metadata), "sha256")
    if expected not in (None, sha256):
        raise FileMismatch(
            "The file does not have the sha256 in Upload-Metadata.", field="Upload-Metadata"
        )
    submission.complete_upload(
        context.session, context.storage, upload, sha256=sha256, kept_by=inflow.kept_by
    )
    inflow.completed()


def complete_stored(context: AppContext, upload: Upload) -> int:
    """Return the size of an upload whose file has its final name; complete its row if necessary.

    Raises UploadNotFound for a removed upload.
    """
    now = store.find_upload(context.session, upload.id)
    depot = _depot_of(context.storage, now)
    if now.state is UploadState.REMOVED or depot is None:
        raise UploadNotFound(upload.id)
    if now.state is UploadState.ARRIVING:
        sha256 = sha256_of_kept(depot, keys.upload(upload.id))
        submission.complete_upload(
            context.session, context.storage, upload, sha256=sha256, kept_by=depot
        )
    return upload.bytes_expected or 0


def _depot_of(storage: Storage, upload: Upload) -> Depot | None:
    """Return which depot has the upload, None if none has it, whatever its row says.

    The row of one that is not complete names none: the file was kept, then came a crash.
    """
    is_named = upload.state is UploadState.COMPLETE
    depots = [storage.holding(upload.object)] if is_named else [storage.depot, storage.local]
    for depot in depots:
        with suppress(FileNotFoundError):
            depot.size(keys.upload(upload.id))
            return depot
    return None


def _role(upload: Upload) -> Role:
    return tus.role_in(tus.parse_metadata(upload.tus_metadata))
