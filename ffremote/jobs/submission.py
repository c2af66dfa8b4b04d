"""Accepts jobs and uploads: the file is stored and the row queued, or neither."""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db.models import Job, Upload
from ffremote.errors import IdempotencyConflict, ServiceUnavailable
from ffremote.files.storage import Storage
from ffremote.host import notify
from ffremote.host.directory_lock import holding

from . import admission, pending_uploads, store
from .new_rows import (
    JobRequest,
    NewUpload,
    ReceivedFile,
    arriving_upload_row,
    complete_upload_row,
    job_row,
    request_digest,
)
from .store import Admit

log = logging.getLogger(__name__)


def allocate_upload(storage: Storage) -> tuple[str, Path]:
    """Make the directory of a new upload; return its id and the path for its bytes."""
    upload_id = str(uuid.uuid4())
    return upload_id, storage.start_upload(upload_id)


def accept_file(
    session: Session, storage: Storage, settings: Settings, request: JobRequest, file: ReceivedFile
) -> Job:
    """Queue a job with a file that was received; keep neither if the row is certainly not stored.

    Disk space was reserved before the file arrived; the length of the queue is checked here.
    """
    upload = complete_upload_row(file, settings.upload_ttl)
    with _discarding_unless_stored(session, storage, file.upload_id):
        _link_identical(session, storage, file.upload_id, size=file.size, sha256=file.sha256)
        storage.finish_upload(file.upload_id)
        job = _enqueue(
            session,
            request,
            upload,
            digest=request_digest(request, file.sha256),
            admit=lambda within: admission.require_queue_capacity(within, settings),
        )
    if job.upload_id != file.upload_id:
        storage.discard_upload(file.upload_id)  # a repeated request; the first one's file is used
    notify.notify_all(storage.run)
    return job


def accept_upload(
    session: Session, storage: Storage, request: JobRequest, upload_id: str, *, admit: Admit
) -> Job:
    """Queue a job for an upload that is complete or still arriving; raise UploadNotFound."""
    upload = store.find_upload(session, upload_id)
    digest = request_digest(request, upload_id)
    job = _enqueue(session, request, upload, is_new=False, digest=digest, admit=admit)
    notify.notify_all(storage.run)
    return job


def create_upload(
    session: Session,
    storage: Storage,
    settings: Settings,
    announced: NewUpload,
    request: JobRequest | None,
    *,
    admit: Admit,
) -> tuple[Upload, Job | None]:
    """Create an upload that arrives in chunks and, if `request` is given, queue its job already.

    For a repeated request, return the job and the upload of the first one.
    """
    upload_id, path = allocate_upload(storage)
    upload = arriving_upload_row(upload_id, announced, settings.upload_ttl)
    with _discarding_unless_stored(session, storage, upload_id):
        path.touch(mode=0o600)
        if request is None:
            store.add_upload(session, upload, admit=admit)
            return upload, None
        content = announced.sha256 or f"{announced.size} {announced.filename}"
        digest = request_digest(request, content)
        job = _enqueue(session, request, upload, digest=digest, admit=admit)
    if job.upload_id != upload_id:
        storage.discard_upload(upload_id)
        upload = store.find_upload(session, job.upload_id)
    return upload, job


def complete_upload(session: Session, storage: Storage, upload: Upload, *, sha256: str) -> None:
    """Record that all bytes of an upload are stored, so that its jobs can be claimed."""
    if storage.upload_partial(upload.id).exists():  # if not, a crash came after it was renamed
        size = upload.bytes_expected or 0
        _link_identical(session, storage, upload.id, size=size, sha256=sha256)
        storage.finish_upload(upload.id)
    store.complete_upload(session, upload.id, sha256=sha256)
    notify.notify_all(storage.run)


def cancel(
    session: Session, storage: Storage, job_id: str, *, abort_upload: Callable[[str], None]
) -> Job:
    """Cancel a job, wake its worker, and remove its upload if that is still arriving.

    An upload that another job waits for continues. `abort_upload` ends the request that writes to
    the upload with this id, if there is one.
    """
    job = store.request_cancel(session, job_id)
    if pending_uploads.remove_unneeded(session, job.upload_id):
        abort_upload(job.upload_id)
        storage.discard_upload(job.upload_id)
    notify.notify_all(storage.run)
    return job


def _link_identical(
    session: Session, storage: Storage, upload_id: str, *, size: int, sha256: str
) -> None:
    """Store identical bytes only once on the disk, however often they were sent."""
    identical = store.find_identical_upload(session, sha256=sha256, size=size)
    if identical is not None:
        storage.share_upload(upload_id, identical.id)


@contextmanager
def _discarding_unless_stored(session: Session, storage: Storage, upload_id: str) -> Iterator[None]:
    """Protect a file from sweeps until its row is stored; after an error, remove the file.

    A sweep goes by the age of files, and a step of the wall clock makes any file look old.
    Raise ServiceUnavailable when a sweep removed the file first.
    """
    try:
        with holding(storage.upload_dir(upload_id)):
            yield
    except BaseException as exc:
        if isinstance(exc, FileNotFoundError) and not storage.upload_dir(upload_id).exists():
            message = "The received file was removed before its job was stored; send it again."
            raise ServiceUnavailable(message) from exc
        _discard_unless_stored(session, storage, upload_id, exc)
        raise


def _discard_unless_stored(
    session: Session, storage: Storage, upload_id: str, error: BaseException
) -> None:
    """Remove the file of an upload without a row; if that is not certain, leave it to a sweep."""
    if pending_uploads.may_be_stored(session, upload_id, error):
        log.warning("upload %s: its row may be stored, so its file stays: %r", upload_id, error)
        return
    storage.discard_upload(upload_id)


def _enqueue(
    session: Session,
    request: JobRequest,
    upload: Upload,
    *,
    is_new: bool = True,
    digest: str,
    admit: Admit,
) -> Job:
    job = job_row(request, upload, digest)
    new = upload if is_new else None
    try:
        store.add(session, job, labels=dict(request.labels), upload=new, admit=admit)
    except IntegrityError:
        if request.idempotency_key is None:
            raise
        return _first_with_key(session, request.idempotency_key, digest)
    log.info("job %s queued", job.id)
    return job


def _first_with_key(session: Session, key: str, digest: str) -> Job:
    first = store.find_by_key(session, key)
    if first is None or first.request_digest != digest:
        raise IdempotencyConflict(
            f"The Idempotency-Key {key!r} was used for another request.",
            job_id=None if first is None else first.id,
        )
    return first
