"""Jobs and uploads as rows: add, find, cancel, extend, complete."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal, or_, select, update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.database import reading, serialize_writers, writing, writing_alone
from ffremote.db.models import Job, JobInput, JobLabel, Upload, UploadState
from ffremote.db.types import QUEUED, RUNNING
from ffremote.errors import JobFinished, JobNotFound, UploadNotFound
from ffremote.ids import is_id
from ffremote.states import JobState, Phase

from . import inputs
from .fleet import upload_parts

# Raises the error that refuses a row. Called inside the transaction that adds the row, so that
# concurrent requests cannot be admitted for the same free space.
Admit = Callable[[Session], None]

PRIORITY_STEP_MS = 600_000  # one step of priority is a head start of ten minutes


def rank(created_at: datetime, priority: int) -> int:
    """Return a job's sort key in the queue, lowest first: creation time in ms minus a head start.

    Priority is a head start in time, so that an old job eventually passes newer important ones.
    """
    return round(created_at.timestamp() * 1000) - priority * PRIORITY_STEP_MS


def add(
    session: Session,
    job: Job,
    *,
    labels: dict[str, str],
    upload_ids: Sequence[str],
    new_uploads: Sequence[Upload],
    admit: Admit,
) -> None:
    """Store a new job, its labels and its new uploads in one transaction.

    `upload_ids` are its inputs in their order; those that are not new are stored, complete or
    still arriving. Raise UploadNotFound when one was removed, and what `admit` raises.
    """
    with writing(session):
        serialize_writers(session)
        admit(session)
        session.add_all(new_uploads)
        session.flush()
        _attach_to_uploads(session, job, upload_ids)
        session.add(job)
        session.flush()
        session.add_all(JobLabel(job_id=job.id, name=n, value=v) for n, v in labels.items())
        others = enumerate(upload_ids[1:], start=1)
        session.add_all(JobInput(job_id=job.id, position=n, upload_id=each) for n, each in others)


def require_job_id(job_id: str) -> None:
    """Raise JobNotFound for what is no id: PostgreSQL refuses the characters of some."""
    if not is_id(job_id):
        raise JobNotFound(job_id)


def require_upload_id(upload_id: str) -> None:
    """Raise UploadNotFound for what is no id."""
    if not is_id(upload_id):
        raise UploadNotFound(upload_id)


def find(session: Session, job_id: str) -> Job:
    """Return a job, read from the database now; raise JobNotFound."""
    require_job_id(job_id)
    with reading(session):
        job = session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise JobNotFound(job_id)
    return job


def find_by_key(session: Session, idempotency_key: str) -> Job | None:
    """Return the job that was created with an idempotency key, or None."""
    with reading(session):
        return session.scalar(select(Job).where(Job.idempotency_key == idempotency_key))


def find_upload(session: Session, upload_id: str) -> Upload:
    """Return an upload, read from the database now; raise UploadNotFound."""
    require_upload_id(upload_id)
    with reading(session):
        upload = session.get(Upload, upload_id, populate_existing=True)
    if upload is None:
        raise UploadNotFound(upload_id)
    return upload


def find_uploads(session: Session, upload_ids: Sequence[str]) -> list[Upload]:
    """Return uploads in this order, read from the database now; raise UploadNotFound."""
    return [find_upload(session, upload_id) for upload_id in upload_ids]


def find_identical_upload(session: Session, *, sha256: str, size: int) -> Upload | None:
    """Return a complete upload of the same bytes, the one that expires last, or None."""
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


def request_cancel(session: Session, job_id: str) -> Job:
    """Cancel a job that is not final; the one UPDATE decides. Idempotent.

    It removes the claim's token, so that the next heartbeat of the worker fails and no later write
    of it matches the row. Raise JobFinished or JobNotFound.
    """
    require_job_id(job_id)
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
            f"The job {job_id} is {job.state} and can no longer be canceled.",
            state=job.state,
        )
    return job


def add_upload(session: Session, upload: Upload, *, admit: Admit) -> None:
    """Store an upload that no job uses yet; raise what `admit` raises."""
    with writing(session):
        serialize_writers(session)
        admit(session)
        session.add(upload)


def extend_upload(
    session: Session, upload_id: str, *, expires_at: datetime, received: int | None = None
) -> None:
    """Extend the lifetime of an upload that is written to or requested.

    Raise UploadNotFound when it was removed.
    """
    values: dict[str, Any] = {"expires_at": expires_at}
    if received is not None:
        values["bytes_received"] = received
    with writing_alone(session):
        found = session.scalar(
            update(Upload)
            .where(Upload.id == upload_id, Upload.state != UploadState.REMOVED)
            .values(**values)
            .returning(Upload.id)
        )
    if found is None:
        raise UploadNotFound(upload_id)


def complete_upload(
    session: Session, upload_id: str, *, sha256: str, object_name: str | None = None
) -> list[str]:
    """Record that an upload is complete, so that its jobs that wait for no other can be claimed.

    Return the ids of these jobs; raise UploadNotFound when the upload was removed meanwhile.
    """
    now = utc_now()
    with writing(session):
        # Or the last two uploads of a job could each see the other one arriving.
        serialize_writers(session)
        won = session.scalar(
            update(Upload)
            .where(Upload.id == upload_id, Upload.state == UploadState.ARRIVING)
            .values(
                state=UploadState.COMPLETE,
                sha256=sha256,
                object=object_name,
                bytes_received=Upload.bytes_expected,
                completed_at=now,
            )
            .returning(Upload.id)
        )
        if won is None:
            _require_complete(session, upload_id)
        if object_name is not None:
            upload_parts.remove_rows(session, [upload_id])
        return list(
            session.scalars(
                update(Job)
                .where(inputs.uses([upload_id]), _waits_for_input(), inputs.all_complete())
                .values(input_ready_at=now, phase=_phase_with_input())
                .returning(Job.id)
            )
        )


def _waits_for_input() -> ColumnElement[bool]:
    """Return the condition of a job whose input arrives: it is queued, or reads it meanwhile."""
    is_reading = and_(Job.state == RUNNING, Job.input_ready_at.is_(None))
    return or_(Job.state == QUEUED, is_reading)


def _phase_with_input() -> ColumnElement[Any]:
    """Return the phase of a job whose inputs are all there now; one that runs keeps its own."""
    queued = literal(Phase.QUEUED, Job.phase.type)
    return case((Job.state == QUEUED, queued), else_=Job.phase)


def _require_complete(session: Session, upload_id: str) -> None:
    """Raise UploadNotFound unless another process has just completed the upload."""
    state = session.scalar(select(Upload.state).where(Upload.id == upload_id))
    if state is not UploadState.COMPLETE:
        raise UploadNotFound(upload_id)


def _attach_to_uploads(session: Session, job: Job, upload_ids: Sequence[str]) -> None:
    """Set phase and readiness of a new job from its inputs' states; raise UploadNotFound."""
    wanted = select(Upload.id, Upload.state).where(Upload.id.in_(upload_ids)).order_by(Upload.id)
    states = {row.id: row.state for row in session.execute(wanted.with_for_update())}
    for upload_id in upload_ids:
        if states.get(upload_id) in (None, UploadState.REMOVED):
            raise UploadNotFound(upload_id)
    is_complete = set(states.values()) <= {UploadState.COMPLETE}
    job.phase = Phase.QUEUED if is_complete else Phase.UPLOADING
    job.input_ready_at = job.created_at if is_complete else None
