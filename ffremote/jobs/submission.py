"""Takes jobs in: the file stored and the row queued, or neither."""

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
    arriving_upload,
    digest_of,
    new_job,
    whole_upload,
)
from .store import Admit

log = logging.getLogger(__name__)


def new_upload(storage: Storage) -> tuple[str, Path]:
    """Make room for a file that begins to arrive; return its id and where its bytes go."""
    upload_id = str(uuid.uuid4())
    return upload_id, storage.start_upload(upload_id)


def accept_file(
    session: Session, storage: Storage, settings: Settings, order: JobRequest, arrival: ReceivedFile
) -> Job:
    """Queue a job with the file that has just arrived; on a certain error, neither is left.

    Room for it was reserved before it came; a place in the queue is given now.
    """
    upload = whole_upload(arrival, settings.upload_ttl)
    with _no_orphan(session, storage, arrival.upload_id):
        share(session, storage, arrival.upload_id, size=arrival.size, sha256=arrival.sha256)
        storage.finish_upload(arrival.upload_id)
        job = _enqueue(
            session,
            order,
            upload,
            digest=digest_of(order, arrival.sha256),
            admit=lambda within: admission.require_place(within, settings),
        )
    if job.upload_id != arrival.upload_id:
        storage.discard_upload(arrival.upload_id)  # a repeated request; the first one's file serves
    notify.ring(storage.run)
    return job


def accept_upload(
    session: Session, storage: Storage, order: JobRequest, upload_id: str, *, admit: Admit
) -> Job:
    """Queue a job for an upload that is stored or still arrives; raise UploadNotFound."""
    upload = store.find_upload(session, upload_id)
    digest = digest_of(order, upload_id)
    job = _enqueue(session, order, upload, is_new=False, digest=digest, admit=admit)
    notify.ring(storage.run)
    return job


def open_upload(
    session: Session,
    storage: Storage,
    settings: Settings,
    announced: NewUpload,
    order: JobRequest | None,
    *,
    admit: Admit,
) -> tuple[Upload, Job | None]:
    """Make room for a file that comes in pieces and, with an `order`, queue its job already.

    A repeated request is answered with the first one's job and upload.
    """
    upload_id, path = new_upload(storage)
    upload = arriving_upload(upload_id, announced, settings.upload_ttl)
    with _no_orphan(session, storage, upload_id):
        path.touch(mode=0o600)
        if order is None:
            store.add_upload(session, upload, admit=admit)
            return upload, None
        content = announced.sha256 or f"{announced.size} {announced.filename}"
        job = _enqueue(session, order, upload, digest=digest_of(order, content), admit=admit)
    if job.upload_id != upload_id:
        storage.discard_upload(upload_id)
        upload = store.find_upload(session, job.upload_id)
    return upload, job


def close_upload(session: Session, storage: Storage, upload: Upload, *, sha256: str) -> None:
    """Let the jobs of an upload begin, since all of its bytes are there."""
    if storage.upload_partial(upload.id).exists():  # else a crash came after its renaming
        share(session, storage, upload.id, size=upload.bytes_expected or 0, sha256=sha256)
        storage.finish_upload(upload.id)
    store.complete_upload(session, upload.id, sha256=sha256)
    notify.ring(storage.run)


def share(session: Session, storage: Storage, upload_id: str, *, size: int, sha256: str) -> None:
    """Keep the same bytes once on the disk, however often they were sent."""
    twin = store.find_content(session, sha256=sha256, size=size)
    if twin is not None:
        storage.share_upload(upload_id, twin.id)


def cancel(
    session: Session, storage: Storage, job_id: str, *, hang_up: Callable[[str], None]
) -> Job:
    """Cancel a job, wake the worker that may be at it, and stop its upload if it still arrives.

    An upload that another job waits for goes on; `hang_up` ends a request that writes to it.
    """
    job = store.request_cancel(session, job_id)
    if pending_uploads.abandon(session, job.upload_id):
        hang_up(job.upload_id)
        storage.discard_upload(job.upload_id)
    notify.ring(storage.run)
    return job


@contextmanager
def _no_orphan(session: Session, storage: Storage, upload_id: str) -> Iterator[None]:
    """Keep sweeps away from a file until its row is stored; after an error, remove it.

    A sweep goes by the age of files, and a wall clock that is stepped makes any file look old.
    Raises ServiceUnavailable when a sweep came before.
    """
    try:
        with holding(storage.upload_dir(upload_id)):
            yield
    except BaseException as exc:
        if isinstance(exc, FileNotFoundError) and not storage.upload_dir(upload_id).exists():
            message = "What had arrived was removed before its job was stored; send it again."
            raise ServiceUnavailable(message) from exc
        _discard_unless_stored(session, storage, upload_id, exc)
        raise


def _discard_unless_stored(
    session: Session, storage: Storage, upload_id: str, error: BaseException
) -> None:
    """Remove the file of an upload that has no row; where that is not certain, a sweep decides."""
    if pending_uploads.may_be_stored(session, upload_id, error):
        log.warning("upload %s: its row may be stored, so its file stays: %r", upload_id, error)
        return
    storage.discard_upload(upload_id)


def _enqueue(
    session: Session,
    order: JobRequest,
    upload: Upload,
    *,
    is_new: bool = True,
    digest: str,
    admit: Admit,
) -> Job:
    job = new_job(order, upload, digest)
    new = upload if is_new else None
    try:
        store.add(session, job, labels=dict(order.labels), upload=new, admit=admit)
    except IntegrityError:
        if order.idempotency_key is None:
            raise
        return _first_of_key(session, order.idempotency_key, digest)
    log.info("job %s queued", job.id)
    return job


def _first_of_key(session: Session, key: str, digest: str) -> Job:
    first = store.find_by_key(session, key)
    if first is None or first.request_digest != digest:
        raise IdempotencyConflict(
            f"The Idempotency-Key {key!r} was used for another request.",
            job_id=None if first is None else first.id,
        )
    return first
