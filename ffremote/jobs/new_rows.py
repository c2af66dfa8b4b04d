"""What clients ask for and send, and the new rows of jobs and uploads that it becomes."""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import timedelta

from ffremote.clock import utc_now
from ffremote.db.models import Job, Upload, UploadState
from ffremote.states import JobState, Phase

from . import store


@dataclass(frozen=True, slots=True)
class JobRequest:
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
class ReceivedFile:
    """A whole file under `storage.upload_partial(upload_id)`; size in bytes, sha256 in hex."""

    upload_id: str
    filename: str | None
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A file that `client` is about to send in pieces; `sha256` if it knows it."""

    size: int
    filename: str | None = None
    sha256: str | None = None
    tus_metadata: str | None = None
    client: str | None = None


def new_job(order: JobRequest, upload: Upload, digest: str) -> Job:
    now = utc_now()
    return Job(
        id=str(uuid.uuid4()),
        state=JobState.QUEUED,
        phase=Phase.QUEUED,
        priority=order.priority,
        rank=store.rank(now, order.priority),
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


def whole_upload(arrival: ReceivedFile, ttl: timedelta) -> Upload:
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


def arriving_upload(upload_id: str, announced: NewUpload, ttl: timedelta) -> Upload:
    now = utc_now()
    return Upload(
        id=upload_id,
        state=UploadState.ARRIVING,
        filename=announced.filename,
        bytes_expected=announced.size,
        tus_metadata=announced.tus_metadata,
        client=announced.client,
        created_at=now,
        expires_at=now + ttl,
    )


def digest_of(order: JobRequest, content: str) -> str:
    """Name a request by what it asks for and of which bytes."""
    return hashlib.sha256(json.dumps([order.spec, content]).encode()).hexdigest()
