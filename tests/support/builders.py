"""Builders of rows and files: a received file, a queued or finished job, a worker, a claim."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db.database import writing
from ffremote.db.models import Job, Upload, Worker, WorkerState
from ffremote.files.storage import Storage
from ffremote.jobs import admission, claims, new_files, queue, store, submission, workers
from ffremote.jobs.new_rows import JobRequest, NewUpload, ReceivedFile
from ffremote.ledger.values import Claim

WORKER = "11111111-1111-4111-8111-111111111111"
HOLDER = "22222222-2222-4222-8222-222222222222"
CONTENT = b"\x00film"


def job_request(output_filename: str = "a.mp4", **fields: Any) -> JobRequest:
    """Return a request for a job with the smallest spec."""
    spec = f'{{"output_filename":"{output_filename}"}}'
    return JobRequest(spec=spec, output_filename=output_filename, **fields)


def received_file(storage: Storage) -> ReceivedFile:
    """Write `CONTENT` as a complete upload that has no row yet."""
    upload_id, partial = new_files.allocate_upload(storage)
    partial.write_bytes(CONTENT)
    return ReceivedFile(upload_id, "film.mp4", len(CONTENT), "cd")


def queue_job(
    session: Session, storage: Storage, *, settings: Settings | None = None, **fields: Any
) -> Job:
    """Queue a job whose inputs are received files; `fields` are those of its request."""
    request = job_request(**fields)
    received = [received_file(storage) for _ in range(request.inputs)]
    return submission.accept_files(
        session,
        storage,
        settings or Settings(),
        request,
        received,
        admit=lambda within: admission.require_queue_capacity(within, settings or Settings()),
    )


def arriving_upload(session: Session, storage: Storage, *, size: int = len(CONTENT)) -> str:
    """Announce an upload of which no byte has arrived; return its id."""
    announced = NewUpload(size, "film.mp4")
    upload, _ = submission.create_upload(
        session, storage, Settings(), announced, None, admit=admit_all
    )
    return upload.id


def complete_upload(session: Session, storage: Storage, upload_id: str) -> None:
    """Write all bytes of an arriving upload and complete it."""
    storage.upload_partial(upload_id).write_bytes(CONTENT)
    upload = store.find_upload(session, upload_id)
    submission.complete_upload(session, storage, upload, sha256="cd")


def queue_for(session: Session, storage: Storage, *upload_ids: str, **fields: Any) -> Job:
    """Queue a job whose inputs are these stored uploads."""
    request = job_request(inputs=len(upload_ids), upload_ids=upload_ids, **fields)
    return submission.accept_uploads(session, storage, request, admit=admit_all)


def admit_all(_session: Session) -> None:
    """Admit every upload and every job."""


def register_worker(
    session: Session,
    *,
    worker_id: str | None = None,
    heartbeat_at: datetime | None = None,
    **columns: Any,
) -> str:
    """Register a worker that is up; return its id, a new one by default."""
    worker_id = worker_id or str(uuid.uuid4())
    moment = heartbeat_at or utc_now()
    row: dict[str, Any] = {"host": "h", "boot_id": "b", "pid": 1, "version": "0", "concurrency": 1}
    row |= columns
    workers.register(
        session,
        Worker(id=worker_id, state=WorkerState.UP, started_at=moment, heartbeat_at=moment, **row),
    )
    return worker_id


def claim_job(session: Session, *, worker_id: str = WORKER, holder: str = HOLDER) -> Claim:
    """Claim the next job, of which there must be one, for a slot of a worker."""
    needs = queue.claimable_needs(session)
    claim = queue.claim_next(session, worker_id=worker_id, holder=holder, needs=needs)
    assert claim is not None
    return claim


def start_attempt(storage: Storage, claim: Claim) -> Path:
    """Open the directory of the claim's attempt; return it."""
    return storage.open_attempt(claim.job_id, claim.token, claim.upload_ids) / claim.token


def finish_job(session: Session, storage: Storage, *, ago: timedelta) -> Job:
    """Queue a job and complete it with the result `b"result"`, as if some time ago."""
    queue_job(session, storage)
    claim = claim_job(session)
    (start_attempt(storage, claim) / "out.mp4").write_bytes(b"result")
    storage.publish(claim.job_id, claim.token, f"{claim.token}/out.mp4")
    assert claims.complete(session, claim, claims.Result(6, "ef", {}))
    update_row(session, Job, claim.job_id, finished_at=utc_now() - ago)
    return store.find(session, claim.job_id)


def update_row(
    session: Session, model: type[Job] | type[Upload], row_id: str, **values: object
) -> None:
    """Set columns of one row, past all rules."""
    with writing(session):
        session.execute(update(model).where(model.id == row_id).values(**values))
