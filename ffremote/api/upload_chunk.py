"""Receives the chunks of an upload; the last one completes it."""

import hashlib
from contextlib import suppress

from flask import request

from ffremote.clock import monotonic, utc_now
from ffremote.db.models import Upload, UploadState
from ffremote.depot import keys
from ffremote.depot.protocol import Depot
from ffremote.errors import UnsupportedMediaType, UploadConflict, UploadNotFound
from ffremote.files import first_bytes
from ffremote.files.storage import Storage
from ffremote.jobs import admission, pending_uploads, retention, store, submission
from ffremote.spec.roles import Role

from .context import AppContext
from .ingest import tus
from .ingest.hashing import Hash, sha256_of, sha256_of_kept
from .ingest.request_body import content_length, file_too_large
from .ingest.upload_file import Writer, require_offset
from .input_roles import head_of

RECORD_SECONDS = 60.0


class Stalled(UploadConflict):
    """The request's body stalled or broke off; `details` has the offset at which to resume."""


class FileMismatch(tus.ChecksumMismatch):
    """The received file does not have the sha256 in the upload's metadata."""


# Errors with which a fully received upload is refused and removed.
REFUSALS = (UnsupportedMediaType, FileMismatch)


def offset_of(context: AppContext, upload: Upload) -> int:
    """Return how many bytes of an upload have been received; raise UploadNotFound."""
    expected = upload.bytes_expected or 0
    if upload.state is UploadState.COMPLETE:
        return expected
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
    expected = upload.bytes_expected or 0
    if offset + length > expected:
        raise file_too_large(offset + length, expected)
    admission.require_free_space(context.storage, context.settings, length)
    admission.renew_upload(
        context.session,
        context.storage,
        context.settings,
        upload,
        reservations=context.reservations,
    )
    path = context.storage.upload_partial(upload.id)
    try:
        with context.takeover.writer(upload.id, path, request.environ["wsgi.input"]) as writer:
            require_offset(writer, offset)
            _append(context, upload, writer, length)
            return writer.size
    except FileNotFoundError:
        size = complete_stored(context, upload)
        if offset == size and length == 0:
            return size
        raise UploadConflict("The upload is already complete.", offset=size) from None
    except (ConnectionError, TimeoutError) as exc:
        if store.find_upload(context.session, upload.id).state is UploadState.REMOVED:
            raise UploadNotFound(upload.id) from exc
        # A client that receives this is connected again; every tus client then asks for the offset.
        raise Stalled(
            f"The body broke off; {writer.size} bytes of the upload are stored.", offset=writer.size
        ) from exc
    except REFUSALS:
        retention.remove_upload(context.session, context.storage, upload.id)
        raise


class _Recorder:
    """Records an upload's size from time to time, which renews its expiry and its reservation."""

    def __init__(self, context: AppContext, upload: Upload) -> None:
        self._context, self._upload = context, upload
        self._seconds = min(RECORD_SECONDS, context.settings.upload_silence_seconds / 4)
        self._last = monotonic()

    def __call__(self, size: int) -> None:
        if monotonic() - self._last > self._seconds:
            self._last = monotonic()
            renew(self._context, self._upload, size)


def _append(context: AppContext, upload: Upload, writer: Writer, length: int) -> None:
    checksum = tus.parse_checksum(request.headers.get("Upload-Checksum"))
    digest = context.digests.pop(upload.id, writer.size)
    if writer.size == 0:
        digest = hashlib.sha256()
    try:
        writer.append(
            request.environ["wsgi.input"],
            length=length,
            checksum=checksum,
            digest=digest,
            check_head=lambda head: _check_head(context, upload, head),
            on_progress=_Recorder(context, upload),
        )
    finally:
        context.digests.store(upload.id, writer.hashed, digest)
    if writer.size == upload.bytes_expected:
        complete(context, upload, writer, digest)
    else:
        renew(context, upload, writer.size)


def _check_head(context: AppContext, upload: Upload, head: bytes) -> None:
    first_bytes.refuse_unwanted(
        head, _role(upload), lambda: pending_uploads.inputs_waiting(context.session, upload.id)
    )


def complete(context: AppContext, upload: Upload, writer: Writer, digest: Hash | None) -> None:
    """Complete the upload that `writer` has fully received; raise REFUSALS.

    `digest` is the sha256 of the first `writer.hashed` bytes; without one the file is read again.
    """
    path = context.storage.upload_partial(upload.id)
    _check_head(context, upload, head_of(path))
    is_known = digest is not None and writer.hashed == writer.size
    sha256 = digest.hexdigest() if digest is not None and is_known else sha256_of(path)
    expected = tus.metadata_text(tus.parse_metadata(upload.tus_metadata), "sha256")
    if expected not in (None, sha256):
        raise FileMismatch(
            "The file does not have the sha256 in Upload-Metadata.", field="Upload-Metadata"
        )
    submission.complete_upload(context.session, context.storage, upload, sha256=sha256)


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


def renew(context: AppContext, upload: Upload, received: int | None = None) -> None:
    """Renew the expiry of an upload that is in use, and record its size if it is given."""
    store.extend_upload(
        context.session,
        upload.id,
        expires_at=utc_now() + context.settings.upload_ttl,
        received=received,
    )


def _role(upload: Upload) -> Role:
    return tus.role_in(tus.parse_metadata(upload.tus_metadata))
