"""Accepts jobs and uploads: the file is stored and the row queued, or neither."""

import logging
from collections.abc import Callable, Sequence

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db.models import Job, Upload
from ffremote.depot import keys
from ffremote.depot.protocol import Depot
from ffremote.errors import IdempotencyConflict
from ffremote.files.storage import Storage
from ffremote.host import notify

from . import inputs, pending_uploads, store
from .new_files import allocate_upload, discarding_unless_stored
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


def accept_files(
    session: Session,
    storage: Storage,
    settings: Settings,
    request: JobRequest,
    files: Sequence[ReceivedFile],
    *,
    admit: Admit,
) -> Job:
    """Queue a job with files that were received; keep none if its row is certainly not stored."""
    uploads = [complete_upload_row(file, settings.upload_ttl) for file in files]
    for upload in uploads:
        upload.object = storage.object_of(keys.upload(upload.id))
    with discarding_unless_stored(session, storage, [file.upload_id for file in files]):
        _finish_files(session, storage, files)
        job = _enqueue(
            session,
            request,
            uploads,
            new_uploads=uploads,
            digest=request_digest(request, *(file.sha256 for file in files)),
            admit=admit,
        )
    if job.upload_id != files[0].upload_id:
        for file in files:  # a repeated request; the files of the first one are used
            storage.discard_upload(file.upload_id)
    notify.notify_all(storage.run)
    return job


def accept_uploads(session: Session, storage: Storage, request: JobRequest, *, admit: Admit) -> Job:
    """Queue a job for the uploads that it names, complete or still arriving, or for none.

    Raise UploadNotFound.
    """
    uploads = store.find_uploads(session, request.upload_ids)
    digest = request_digest(request, *request.upload_ids)
    job = _enqueue(session, request, uploads, new_uploads=(), digest=digest, admit=admit)
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
    with discarding_unless_stored(session, storage, [upload_id]):
        path.touch(mode=0o600)
        if request is None:
            store.add_upload(session, upload, admit=admit)
            return upload, None
        content = announced.sha256 or f"{announced.size} {announced.filename}"
        digest = request_digest(request, content)
        job = _enqueue(session, request, [upload], new_uploads=[upload], digest=digest, admit=admit)
    if job.upload_id is not None and job.upload_id != upload_id:
        storage.discard_upload(upload_id)
        upload = store.find_upload(session, job.upload_id)
    return upload, job


def complete_upload(
    session: Session,
    storage: Storage,
    upload: Upload,
    *,
    sha256: str,
    kept_by: Depot | None = None,
) -> None:
    """Record that all bytes of an upload are stored, so that its jobs can be claimed.

    `kept_by` has the file if it was kept already.
    """
    if kept_by is None and storage.upload_partial(upload.id).exists():  # if not, it was renamed
        size = upload.bytes_expected or 0
        _link_identical(session, storage, upload.id, size=size, sha256=sha256)
        storage.finish_upload(upload.id, sha256=sha256)
    name = storage.object_of(keys.upload(upload.id), kept_by)
    store.complete_upload(session, upload.id, sha256=sha256, object_name=name)
    notify.notify_all(storage.run)


def cancel(
    session: Session, storage: Storage, job_id: str, *, abort_upload: Callable[[str], None]
) -> Job:
    """Cancel a job, wake its worker, and remove those of its uploads that are still arriving.

    An upload that another job waits for continues. `abort_upload` ends the request that writes to
    the upload with this id, if there is one.
    """
    job = store.request_cancel(session, job_id)
    for upload_id in inputs.upload_ids(session, job):
        if pending_uploads.remove_unneeded(session, upload_id):
            abort_upload(upload_id)
            storage.discard_upload(upload_id)
    storage.discard_inputs(job.id)  # those of an earlier attempt; a running one removes its own
    notify.notify_all(storage.run)
    return job


def _finish_files(session: Session, storage: Storage, files: Sequence[ReceivedFile]) -> None:
    """Rename the files of a form to their final names; identical ones are stored once."""
    stored: dict[tuple[str, int], str] = {}
    for file in files:
        twin = stored.setdefault((file.sha256, file.size), file.upload_id)
        if twin != file.upload_id:
            storage.share_upload(file.upload_id, twin)
        else:
            _link_identical(session, storage, file.upload_id, size=file.size, sha256=file.sha256)
        storage.finish_upload(file.upload_id, sha256=file.sha256)


def _link_identical(
    session: Session, storage: Storage, upload_id: str, *, size: int, sha256: str
) -> None:
    """Store identical bytes only once on the disk, however often they were sent."""
    identical = store.find_identical_upload(session, sha256=sha256, size=size)
    if identical is not None:
        storage.share_upload(upload_id, identical.id)


def _enqueue(
    session: Session,
    request: JobRequest,
    uploads: Sequence[Upload],
    *,
    new_uploads: Sequence[Upload],
    digest: str,
    admit: Admit,
) -> Job:
    job = job_row(request, uploads, digest)
    upload_ids = [upload.id for upload in uploads]
    labels = dict(request.labels)
    try:
        store.add(
            session, job, labels=labels, upload_ids=upload_ids, new_uploads=new_uploads, admit=admit
        )
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
