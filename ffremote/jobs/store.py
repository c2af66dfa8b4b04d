"""The front desk's SQL: jobs and uploads come in, are looked at and are canceled."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.database import reading, serialize_writers, writing
from ffremote.db.models import ARRIVING, Job, JobLabel, Upload, UploadState
from ffremote.errors import JobFinished, JobNotFound, UploadNotFound
from ffremote.files.storage import is_id
from ffremote.states import JobState, Phase

# Raises what a row is refused with; asked inside the transaction that adds it, so that of many who
# come at once nobody passes on what another has just taken.
Admit = Callable[[Session], None]

PRIORITY_STEP_MS = 600_000  # one step of priority is a head start of ten minutes


def rank(created_at: datetime, priority: int) -> int:
    """Return a job's place in the queue, lowest first: its creation in ms less its head start.

    Priority is a head start in time, so that an old job passes a new important one at last.
    """
    return round(created_at.timestamp() * 1000) - priority * PRIORITY_STEP_MS


def add(
    session: Session,
    job: Job,
    *,
    labels: dict[str, str],
    upload: Upload | None,
    admit: Admit,
) -> None:
    """Store a new job, its labels and its upload, or nothing.

    Without `upload` the job joins the one that it names, whole or still arriving; raises
    UploadNotFound when that is gone.
    """
    with writing(session):
        serialize_writers(session)
        admit(session)
        if upload is not None:
            session.add(upload)
            session.flush()
        _join(session, job)
        session.add(job)
        session.flush()
        session.add_all(JobLabel(job_id=job.id, name=n, value=v) for n, v in labels.items())


def find(session: Session, job_id: str) -> Job:
    """Return a job as it is now; raise JobNotFound."""
    if not is_id(job_id):  # a database may choke on what is in it
        raise JobNotFound(job_id)
    with reading(session):
        job = session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise JobNotFound(job_id)
    return job


def find_by_key(session: Session, idempotency_key: str) -> Job | None:
    """Return the job that an idempotency key made, while its row lives."""
    with reading(session):
        return session.scalar(select(Job).where(Job.idempotency_key == idempotency_key))


def find_upload(session: Session, upload_id: str) -> Upload:
    """Return an upload as it is now; raise UploadNotFound."""
    if not is_id(upload_id):
        raise UploadNotFound(upload_id)
    with reading(session):
        upload = session.get(Upload, upload_id, populate_existing=True)
    if upload is None:
        raise UploadNotFound(upload_id)
    return upload


def find_identical_upload(session: Session, *, sha256: str, size: int) -> Upload | None:
    """Return a whole upload of these very bytes, the one that is kept longest."""
    with reading(session):
        return session.scalar(
            select(Upload)
            .where(
                Upload.sha256 == sha256,
                Upload.bytes_expected == size,
                Upload.state == UploadState.COMPLETE,
            )
            .order_by(Upload.expires_at.desc())
            .limit(1)
        )


def promised_bytes(session: Session, *, lapsed_before: datetime | None = None) -> int:
    """Return what is still to be written: the rest of arriving uploads, and live jobs' results.

    A result is as large as its job's input until it is there, for want of a better guess. Both
    sums walk an index that holds what is alive and nothing else. Uploads that expire before
    `lapsed_before` have been silent for too long: neither they nor their jobs count.
    """
    rest = func.coalesce(Upload.bytes_expected, 0) - Upload.bytes_received
    arriving = select(func.sum(rest)).where(Upload.state == ARRIVING)
    results = select(func.sum(Job.output_estimate_bytes)).where(Job.finished_at.is_(None))
    with reading(session):
        if lapsed_before is None:
            return int(session.scalar(arriving) or 0) + int(session.scalar(results) or 0)
        promised = session.scalar(arriving.where(Upload.expires_at >= lapsed_before))
        lapsed = session.scalar(
            results.join(Upload, Job.upload_id == Upload.id).where(
                Upload.state == ARRIVING, Upload.expires_at < lapsed_before
            )
        )
        all_results = session.scalar(results)
    return int(promised or 0) + int(all_results or 0) - int(lapsed or 0)


def request_cancel(session: Session, job_id: str) -> Job:
    """Cancel a job that is not final; the one UPDATE here is what decides.

    Its claim loses its token by it, so that its worker learns of it at the next report and can
    change nothing any more. Canceling again is fine. Raises JobFinished and JobNotFound.
    """
    now = utc_now()
    with writing(session):
        session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
            .values(
                state=JobState.CANCELED,
                cancel_requested_at=now,
                finished_at=now,
                claim_token=None,
                phase=None,
                message="Canceled on request.",
            )
        )
    job = find(session, job_id)
    if job.state is not JobState.CANCELED:
        raise JobFinished(
            f"The job {job_id} is {job.state} already; there is nothing to cancel.",
            state=job.state,
        )
    return job


def add_upload(session: Session, upload: Upload, *, admit: Admit) -> None:
    """Store an upload that no job names yet."""
    with writing(session):
        serialize_writers(session)
        admit(session)
        session.add(upload)


def extend_upload(
    session: Session, upload_id: str, *, expires_at: datetime, received: int | None = None
) -> None:
    """Put off the end of an upload that is being written to or asked for.

    Raises UploadNotFound when it was removed.
    """
    values: dict[str, Any] = {"expires_at": expires_at}
    if received is not None:
        values["bytes_received"] = received
    with writing(session, relaxed=True):
        found = session.scalar(
            update(Upload)
            .where(Upload.id == upload_id, Upload.state != UploadState.REMOVED)
            .values(**values)
            .returning(Upload.id)
        )
    if found is None:
        raise UploadNotFound(upload_id)


def complete_upload(session: Session, upload_id: str, *, sha256: str) -> list[str]:
    """Record that an upload is whole; its waiting jobs can be claimed from now on.

    Returns the ids of these jobs; raises UploadNotFound when it was removed meanwhile.
    """
    now = utc_now()
    with writing(session):
        won = session.scalar(
            update(Upload)
            .where(Upload.id == upload_id, Upload.state == UploadState.ARRIVING)
            .values(
                state=UploadState.COMPLETE,
                sha256=sha256,
                bytes_received=Upload.bytes_expected,
                completed_at=now,
            )
            .returning(Upload.id)
        )
        if won is None:
            _require_complete(session, upload_id)
        return list(
            session.scalars(
                update(Job)
                .where(Job.upload_id == upload_id, Job.state == JobState.QUEUED)
                .values(input_ready_at=now, phase=Phase.QUEUED)
                .returning(Job.id)
            )
        )


def _require_complete(session: Session, upload_id: str) -> None:
    """Raise UploadNotFound unless somebody else has just recorded that the upload is whole."""
    state = session.scalar(select(Upload.state).where(Upload.id == upload_id))
    if state is not UploadState.COMPLETE:
        raise UploadNotFound(upload_id)


def _join(session: Session, job: Job) -> None:
    """Decide inside the transaction whether the upload is there and whole."""
    state = session.scalar(select(Upload.state).where(Upload.id == job.upload_id).with_for_update())
    if state in (None, UploadState.REMOVED):
        raise UploadNotFound(job.upload_id)
    whole = state is UploadState.COMPLETE
    job.phase = Phase.QUEUED if whole else Phase.UPLOADING
    job.input_ready_at = job.created_at if whole else None
