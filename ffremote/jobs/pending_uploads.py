"""Uploads that are still arriving: lists, limits per client, lifetime, removal."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ffremote.db.database import reading, serialize_writers, writing
from ffremote.db.models import ARRIVING, Job, Upload, UploadState
from ffremote.db.types import QUEUED, READY, WAITS
from ffremote.errors import UploadNotFound
from ffremote.spec import Input, load_job

from . import inputs
from .store import Admit


def list_arriving(session: Session) -> list[Upload]:
    """Return the uploads that are not complete according to their rows."""
    with reading(session):
        return list(session.scalars(select(Upload).where(Upload.state == ARRIVING)))


@dataclass(frozen=True, slots=True)
class ClientUploads:
    """The unfinished uploads of one client, and the bytes reserved for their rest."""

    uploads: int
    unsent_bytes: int


def uploads_of_client(session: Session, client: str, *, lapsed_before: datetime) -> ClientUploads:
    """Count a client's unfinished uploads; only those that expire later keep space reserved."""
    rest = func.coalesce(Upload.bytes_expected, 0) - Upload.bytes_received
    with reading(session):
        uploads, unsent = session.execute(
            select(func.count(), func.sum(rest).filter(Upload.expires_at >= lapsed_before)).where(
                Upload.state == ARRIVING, Upload.client == client
            )
        ).one()
    return ClientUploads(uploads, int(unsent or 0))


def expected_result_bytes(session: Session, upload_id: str) -> int:
    """Return the expected size in bytes of all results of an upload's unfinished jobs."""
    estimates = select(func.sum(Job.output_estimate_bytes))
    with reading(session):
        found = session.scalar(estimates.where(inputs.uses([upload_id]), Job.finished_at.is_(None)))
    return int(found or 0)


def inputs_waiting(session: Session, upload_id: str) -> list[Input]:
    """Return the sections of the inputs for which unfinished jobs use the upload."""
    with reading(session):
        jobs = list(
            session.scalars(select(Job).where(inputs.uses([upload_id]), Job.finished_at.is_(None)))
        )
    return [
        source
        for job in jobs
        for source, used in zip(
            load_job(job.spec).sources, inputs.upload_ids(session, job), strict=True
        )
        if used == upload_id
    ]


def is_awaited_early(session: Session, upload_id: str) -> bool:
    """Return whether a job may begin before the upload is complete, and has not been told to."""
    with reading(session):
        return session.scalar(select(Job.id).where(*_awaits_early(upload_id)).limit(1)) is not None


def begin_early(session: Session, upload_id: str) -> None:
    """Let the jobs that may begin before the upload is complete be claimed now."""
    with writing(session):
        session.execute(update(Job).where(*_awaits_early(upload_id)).values(overlap=READY))


def _awaits_early(upload_id: str) -> tuple[ColumnElement[bool], ...]:
    waits = (Job.state == QUEUED, Job.input_ready_at.is_(None), Job.overlap == WAITS)
    return (Job.upload_id == upload_id, *waits)


def renew(
    session: Session,
    upload_id: str,
    *,
    expires_at: datetime,
    lapsed_before: datetime,
    admit: Admit,
) -> None:
    """Extend the lifetime of an upload; one that expires before `lapsed_before` is admitted again.

    Raise UploadNotFound when it was removed, and what `admit` raises.
    """
    with writing(session, relaxed=True):
        serialize_writers(session)
        expiry = session.scalar(
            select(Upload.expires_at).where(
                Upload.id == upload_id, Upload.state != UploadState.REMOVED
            )
        )
        if expiry is None:
            raise UploadNotFound(upload_id)
        if expiry < lapsed_before:
            admit(session)
        session.execute(update(Upload).where(Upload.id == upload_id).values(expires_at=expires_at))


def remove_unneeded(session: Session, upload_id: str) -> bool:
    """Mark an arriving upload as removed if no unfinished job waits for it.

    Return whether it was marked; the caller then removes the files.
    """
    needed = inputs.used_by(Job.finished_at.is_(None))
    with writing(session):
        serialize_writers(session)
        removed_id = session.scalar(
            update(Upload)
            .where(Upload.id == upload_id, Upload.state == UploadState.ARRIVING, ~needed)
            .values(state=UploadState.REMOVED)
            .returning(Upload.id)
        )
    return removed_id is not None


def may_be_stored(session: Session, upload_id: str, error: BaseException) -> bool:
    """Return whether the row of an upload may be stored although its transaction raised `error`.

    A COMMIT may have succeeded although its response was lost. False only if it certainly failed.
    """
    if getattr(error, "connection_invalidated", False):
        return True
    try:
        with reading(session):
            return session.get(Upload, upload_id, populate_existing=True) is not None
    except SQLAlchemyError:
        return True
