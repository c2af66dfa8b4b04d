"""What clients request and send, and the new rows of jobs and uploads made from it."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ffremote.clock import utc_now
from ffremote.db.models import Job, Upload, UploadState
from ffremote.ledger.needs import PROBE, SEQUENCE, needs_of, room
from ffremote.states import JobState, Phase

from . import store


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A validated job request; `spec` is the job JSON in its canonical form.

    `inputs` is the number of its inputs, 0 for a job of sources; `upload_ids` are the stored
    uploads that it names for them, none if their files are part of the request. `needs` are the
    encoders that a worker must have, and what else it must know. `sequences` are the numbers of the
    inputs that a worker takes apart, so that it stores them twice; a job that `copies` its inputs
    before it joins them does so with all. It `may_overlap` the arrival of its input. `retry_of` is
    the job that a retry repeats, so that its key is that of no other request.
    """

    spec: str
    output_filename: str
    priority: int = 0
    labels: tuple[tuple[str, str], ...] = ()
    needs: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()
    idempotency_key: str | None = None
    inputs: int = 1
    upload_ids: tuple[str, ...] = ()
    sequences: tuple[int, ...] = ()
    copies: bool = False
    may_overlap: bool = False
    retry_of: str | None = None
    needs_room: bool = False
    """Whether a worker may have to store the inputs, and so needs room for them."""

    def unpacked_bytes(self, sizes: Sequence[int]) -> int:
        """Return the bytes of the inputs, which have these sizes, that a worker stores again."""
        return sum(sizes) if self.copies else sum(sizes[number] for number in self.sequences)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A complete file at `storage.upload_partial(upload_id)`; size in bytes, sha256 in hex."""

    upload_id: str
    filename: str | None
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class NewUpload:
    """An upload that `client` announces: size in bytes, and `sha256` in hex if it is known."""

    size: int
    filename: str | None = None
    sha256: str | None = None
    tus_metadata: str | None = None
    client: str | None = None


def job_row(request: JobRequest, uploads: Sequence[Upload], digest: str) -> Job:
    """Return a queued job for `uploads`, its inputs; `digest` is that of the request."""
    now = utc_now()
    needs = {*request.needs, *needs_of(len(uploads))}
    needs |= {SEQUENCE} if request.sequences else set()
    sizes = [upload.bytes_expected or 0 for upload in uploads]
    estimate = _estimate(request, sizes)
    needs |= room(sum(sizes) + estimate) if request.needs_room else frozenset()
    return Job(
        id=str(uuid.uuid4()),
        state=JobState.QUEUED,
        phase=Phase.QUEUED,
        priority=request.priority,
        rank=store.rank(now, request.priority),
        output_filename=request.output_filename,
        spec=request.spec,
        needs=" ".join(sorted(needs)),
        warnings=list(request.warnings),
        idempotency_key=request.idempotency_key,
        request_digest=digest,
        upload_id=uploads[0].id if uploads else None,
        input_ready_at=now,
        overlap="waits" if request.may_overlap else None,
        output_estimate_bytes=estimate,
        created_at=now,
    )


def _estimate(request: JobRequest, sizes: Sequence[int]) -> int:
    """Return the bytes that a worker may write for the job; a probe writes none."""
    return 0 if PROBE in request.needs else sum(sizes) + request.unpacked_bytes(sizes)


def complete_upload_row(file: ReceivedFile, ttl: timedelta) -> Upload:
    """Return the row of a file that has arrived; it expires after `ttl` unless a job uses it."""
    now = utc_now()
    return Upload(
        id=file.upload_id,
        state=UploadState.COMPLETE,
        filename=_storable(file.filename),
        bytes_expected=file.size,
        bytes_received=file.size,
        sha256=file.sha256,
        created_at=now,
        completed_at=now,
        expires_at=now + ttl,
    )


def arriving_upload_row(upload_id: str, announced: NewUpload, ttl: timedelta) -> Upload:
    """Return the row of an announced file of which no byte has arrived."""
    now = utc_now()
    return Upload(
        id=upload_id,
        state=UploadState.ARRIVING,
        filename=_storable(announced.filename),
        bytes_expected=announced.size,
        tus_metadata=announced.tus_metadata,
        client=announced.client,
        created_at=now,
        expires_at=now + ttl,
    )


def request_digest(request: JobRequest, *contents: str) -> str:
    """Return the sha256 (hex) of a request: its spec and the identities of its inputs."""
    origin = () if request.retry_of is None else (f"retry of {request.retry_of}",)
    return hashlib.sha256(json.dumps([request.spec, *contents, *origin]).encode()).hexdigest()


def _storable(filename: str | None) -> str | None:
    """Return a client's name for a file without NUL, which PostgreSQL cannot store."""
    return None if filename is None else filename.replace("\0", "")
