"""Takes jobs in: the file stored and the row queued, or neither."""

import hashlib
import json
import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from . import admission, doorbell, registry
from .clock import utc_now
from .config import Settings
from .errors import IdempotencyConflict
from .models import Job, Upload, UploadState
from .registry import Admit
from .states import JobState, Phase
from .storage import Storage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What a client asked for, checked: `spec` is the job JSON in its canonical form.

    `needs` are the encoders that a worker must have; `message` says why it may have to wait.
    """

    spec: str
    output_filename: str
    priority: int = 0
    labels: tuple[tuple[str, str], ...] = ()
    needs: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()
    message: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A whole file under `storage.upload_partial(upload_id)`; size in bytes, sha256 in hex."""

    upload_id: str
    filename: str | None
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Announced:
    """A file that a client is about to send in pieces; `sha256` if it knows it."""

    size: int
    filename: str | None = None
    sha256: str | None = None
    tus_metadata: str | None = None


def new_upload(storage: Storage) -> tuple[str, Path]:
    """Make room for a file that begins to arrive; return its id and where its bytes go."""
    upload_id = str(uuid.uuid4())
    return upload_id, storage.start_upload(upload_id)


def accept_file(
    session: Session, storage: Storage, settings: Settings, order: Order, arrival: Arrival
) -> Job:
    """Queue a job with the file that has just arrived; nothing is left behind on an error.

    Room for it was reserved before it came; a place in the queue is given now.
    """
    try:
        share(session, storage, arrival.upload_id, size=arrival.size, sha256=arrival.sha256)
        storage.finish_upload(arrival.upload_id)
        upload = _upload(arrival, settings.upload_ttl)
        digest = _digest(order, arrival.sha256)
        job = _enqueue(
            session,
            order,
            upload,
            digest=digest,
            admit=lambda within: admission.require_place(within, settings),
        )
    except BaseException:
        storage.discard_upload(arrival.upload_id)
        raise
    if job.upload_id != arrival.upload_id:
        storage.discard_upload(arrival.upload_id)  # a repeated request; the first one's file serves
    doorbell.ring(storage.run)
    return job


def accept_upload(
    session: Session, storage: Storage, order: Order, upload_id: str, *, admit: Admit
) -> Job:
    """Queue a job for an upload that is stored or still arrives; raise UploadNotFound."""
    upload = registry.find_upload(session, upload_id)
    digest = _digest(order, upload_id)
    job = _enqueue(session, order, upload, is_new=False, digest=digest, admit=admit)
    doorbell.ring(storage.run)
    return job


def open_upload(
    session: Session,
    storage: Storage,
    settings: Settings,
    announced: Announced,
    order: Order | None,
    *,
    admit: Admit,
) -> tuple[Upload, Job | None]:
    """Make room for a file that comes in pieces and, with an `order`, queue its job already.

    A repeated request is answered with the first one's job and upload.
    """
    upload_id, path = new_upload(storage)
    try:
        path.touch(mode=0o600)
        upload = _arriving(upload_id, announced, settings.upload_ttl)
        if order is None:
            registry.add_upload(session, upload, admit=admit)
            return upload, None
        content = announced.sha256 or f"{announced.size} {announced.filename}"
        job = _enqueue(session, order, upload, digest=_digest(order, content), admit=admit)
    except BaseException:
        storage.discard_upload(upload_id)
        raise
    if job.upload_id != upload_id:
        storage.discard_upload(upload_id)
        upload = registry.find_upload(session, job.upload_id)
    return upload, job


def close_upload(session: Session, storage: Storage, upload: Upload, *, sha256: str) -> None:
    """Let the jobs of an upload begin, since all of its bytes are there."""
    if storage.upload_partial(upload.id).exists():  # else a crash came after its renaming
        share(session, storage, upload.id, size=upload.bytes_expected or 0, sha256=sha256)
        storage.finish_upload(upload.id)
    registry.complete_upload(session, upload.id, sha256=sha256)
    doorbell.ring(storage.run)


def share(session: Session, storage: Storage, upload_id: str, *, size: int, sha256: str) -> None:
    """Keep the same bytes once on the disk, however often they were sent."""
    twin = registry.find_content(session, sha256=sha256, size=size)
    if twin is not None:
        storage.share_upload(upload_id, twin.id)


def cancel(session: Session, storage: Storage, job_id: str) -> Job:
    """Cancel a job and wake the worker that may be at it."""
    job = registry.request_cancel(session, job_id)
    doorbell.ring(storage.run)
    return job


def _enqueue(
    session: Session,
    order: Order,
    upload: Upload,
    *,
    is_new: bool = True,
    digest: str,
    admit: Admit,
) -> Job:
    job = _job(order, upload, digest)
    new = upload if is_new else None
    try:
        registry.add(session, job, labels=dict(order.labels), upload=new, admit=admit)
    except IntegrityError:
        if order.idempotency_key is None:
            raise
        return _first_of_key(session, order.idempotency_key, digest)
    log.info("job %s queued", job.id)
    return job


def _first_of_key(session: Session, key: str, digest: str) -> Job:
    first = registry.find_by_key(session, key)
    if first is None or first.request_digest != digest:
        raise IdempotencyConflict(
            f"The Idempotency-Key {key!r} was used for another request.",
            job_id=None if first is None else first.id,
        )
    return first


def _job(order: Order, upload: Upload, digest: str) -> Job:
    now = utc_now()
    return Job(
        id=str(uuid.uuid4()),
        state=JobState.QUEUED,
        phase=Phase.QUEUED,
        priority=order.priority,
        rank=registry.rank(now, order.priority),
        output_filename=order.output_filename,
        spec=order.spec,
        needs=" ".join(sorted(order.needs)),
        warnings=list(order.warnings),
        message=order.message,
        idempotency_key=order.idempotency_key,
        request_digest=digest,
        upload_id=upload.id,
        input_ready_at=now,
        output_estimate_bytes=upload.bytes_expected or 0,
        created_at=now,
    )


def _upload(arrival: Arrival, ttl: timedelta) -> Upload:
    now = utc_now()
    return Upload(
        id=arrival.upload_id,
        state=UploadState.COMPLETE,
        filename=arrival.filename,
        bytes_expected=arrival.size,
        bytes_received=arrival.size,
        sha256=arrival.sha256,
        created_at=now,
        completed_at=now,
        expires_at=now + ttl,
    )


def _arriving(upload_id: str, announced: Announced, ttl: timedelta) -> Upload:
    now = utc_now()
    return Upload(
        id=upload_id,
        state=UploadState.ARRIVING,
        filename=announced.filename,
        bytes_expected=announced.size,
        tus_metadata=announced.tus_metadata,
        created_at=now,
        expires_at=now + ttl,
    )


def _digest(order: Order, content: str) -> str:
    """Name a request by what it asks for and of which bytes."""
    return hashlib.sha256(json.dumps([order.spec, content]).encode()).hexdigest()
