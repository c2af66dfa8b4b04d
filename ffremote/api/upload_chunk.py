"""One piece of an upload: taken in where the last one ended, and the upload closed by the last."""

import hashlib
import os
from pathlib import Path

from flask import request

from ffremote.clock import monotonic, utc_now
from ffremote.db.models import Upload, UploadState
from ffremote.errors import UnsupportedMediaType, UploadConflict, UploadNotFound
from ffremote.jobs import admission, retention, store, submission

from .context import AppContext
from .ingest import tus
from .ingest.hashing import Hash, sha256_of
from .ingest.request_body import announced_length, too_large
from .ingest.upload_file import Writer, require_offset

BEAT_SECONDS = 60.0


class Stalled(UploadConflict):
    """The bytes stopped coming; `details` has the offset to go on at."""


class NotTheFile(tus.ChecksumMismatch):
    """The whole file is not the one that was announced."""


# With these a whole upload is refused, and removed.
REFUSALS = (UnsupportedMediaType, NotTheFile)


def offset_of(context: AppContext, upload: Upload) -> int:
    """Return how many bytes of an upload are here; changes nothing. Raises UploadNotFound."""
    expected = upload.bytes_expected or 0
    if upload.state is UploadState.COMPLETE:
        return expected
    try:
        return context.storage.upload_partial(upload.id).stat().st_size
    except FileNotFoundError:  # whole or gone since the row was read
        if context.storage.upload_data(upload.id).exists():
            return expected
    raise UploadNotFound(upload.id)


def is_whole(context: AppContext, upload: Upload) -> bool:
    """Whether all bytes of an upload are here, recorded or not."""
    try:
        return offset_of(context, upload) == upload.bytes_expected
    except UploadNotFound:
        return False


def receive(context: AppContext, upload: Upload, *, offset: int) -> int:
    """Take in the body of the current request at `offset`; return where the upload ends now.

    Raises UploadConflict for a wrong offset, Stalled, UploadLocked, ChecksumMismatch, FileTooLarge,
    InsufficientStorage, UploadNotFound, and REFUSALS, with which the upload is gone.
    """
    length = announced_length()
    expected = upload.bytes_expected or 0
    if offset + length > expected:
        raise too_large(offset + length, expected)
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
        with context.handovers.writing_to(upload.id, path, request.environ["wsgi.input"]) as writer:
            require_offset(writer, offset)
            _append(context, upload, writer, length)
            return writer.size
    except FileNotFoundError:
        whole = closed(context, upload)
        if offset == whole and length == 0:
            return whole
        raise UploadConflict("The upload is complete already.", offset=whole) from None
    except (ConnectionError, TimeoutError) as exc:
        if store.find_upload(context.session, upload.id).state is UploadState.REMOVED:
            raise UploadNotFound(upload.id) from exc
        # Whoever hears this has a line again, and every tus client asks for the offset then.
        raise Stalled(
            f"The bytes stopped coming; the upload has {writer.size} of them.", offset=writer.size
        ) from exc
    except REFUSALS:
        retention.remove_upload(context.session, context.storage, upload.id)
        raise


class _Beat:
    """Records now and then how far an upload is, so that it keeps its time and its room."""

    def __init__(self, context: AppContext, upload: Upload) -> None:
        self._desk, self._upload = context, upload
        self._seconds = min(BEAT_SECONDS, context.settings.upload_silence_seconds / 4)
        self._last = monotonic()

    def __call__(self, size: int) -> None:
        if monotonic() - self._last > self._seconds:
            self._last = monotonic()
            keep(self._desk, self._upload, size)


def _append(context: AppContext, upload: Upload, writer: Writer, length: int) -> None:
    checksum = tus.checksum(request.headers.get("Upload-Checksum"))
    digest = context.digests.take(upload.id, writer.size)
    if writer.size == 0:
        digest = hashlib.sha256()
    try:
        writer.append(
            request.environ["wsgi.input"],
            length=length,
            checksum=checksum,
            digest=digest,
            see_head=admission.refuse_non_media,
            beat=_Beat(context, upload),
        )
    finally:
        context.digests.keep(upload.id, writer.hashed, digest)
    if writer.size == upload.bytes_expected:
        finish(context, upload, writer, digest)
    else:
        keep(context, upload, writer.size)


def finish(context: AppContext, upload: Upload, writer: Writer, digest: Hash | None) -> None:
    """End an upload of which `writer` has the last byte; raise REFUSALS."""
    path = context.storage.upload_partial(upload.id)
    admission.refuse_non_media(_head(path))
    is_known = digest is not None and writer.hashed == writer.size
    sha256 = digest.hexdigest() if digest is not None and is_known else sha256_of(path)
    announced = tus.text(tus.metadata(upload.tus_metadata), "sha256")
    if announced not in (None, sha256):
        raise NotTheFile("The file has not the announced sha256.", field="Upload-Metadata")
    submission.complete_upload(context.session, context.storage, upload, sha256=sha256)


def closed(context: AppContext, upload: Upload) -> int:
    """Return the size of an upload whose file has its final name; raise UploadNotFound if gone."""
    data = context.storage.upload_data(upload.id)
    now = store.find_upload(context.session, upload.id)
    if now.state is UploadState.REMOVED or not data.exists():
        raise UploadNotFound(upload.id)
    if now.state is UploadState.ARRIVING:
        submission.complete_upload(context.session, context.storage, upload, sha256=sha256_of(data))
    return upload.bytes_expected or 0


def keep(context: AppContext, upload: Upload, received: int | None = None) -> None:
    """Put off the end of an upload that is in use."""
    store.extend_upload(
        context.session,
        upload.id,
        expires_at=utc_now() + context.settings.upload_ttl,
        received=received,
    )


def _head(path: Path) -> bytes:
    with path.open("rb", buffering=0) as file:
        return os.read(file.fileno(), admission.SNIFF_BYTES)
