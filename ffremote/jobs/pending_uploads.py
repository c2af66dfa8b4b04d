"""Uploads on their way in: which there are, whose they are, and what becomes of silent ones."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ffremote.db.database import reading, serialize_writers, writing
from ffremote.db.models import ARRIVING, Job, Upload, UploadState
from ffremote.errors import UploadNotFound

from .store import Admit


def arriving(session: Session) -> list[Upload]:
    """Return the uploads that are not whole, as far as their rows know."""
    with reading(session):
        return list(session.scalars(select(Upload).where(Upload.state == ARRIVING)))


@dataclass(frozen=True, slots=True)
class ClientUploads:
    """What one client has begun: uploads that are not whole, and the bytes they still promise."""

    uploads: int
    unsent_bytes: int


def uploads_of_client(session: Session, client: str, *, lapsed_before: datetime) -> ClientUploads:
    """Count what a client has announced; the bytes of uploads gone silent are promised no more."""
    rest = func.coalesce(Upload.bytes_expected, 0) - Upload.bytes_received
    with reading(session):
        uploads, unsent = session.execute(
            select(func.count(), func.sum(rest).filter(Upload.expires_at >= lapsed_before)).where(
                Upload.state == ARRIVING, Upload.client == client
            )
        ).one()
    return ClientUploads(uploads, int(unsent or 0))


def expected_result_bytes(session: Session, upload_id: str) -> int:
    """Return the bytes that the results of an upload's unfinished jobs are expected to take."""
    estimates = select(func.sum(Job.output_estimate_bytes))
    with reading(session):
        found = session.scalar(
            estimates.where(Job.upload_id == upload_id, Job.finished_at.is_(None))
        )
    return int(found or 0)


def renew(
    session: Session,
    upload_id: str,
    *,
    expires_at: datetime,
    lapsed_before: datetime,
    admit: Admit,
) -> None:
    """Put off the end of an upload that is written to; `admit` must let in one that was silent.

    Raises UploadNotFound when it was removed, and what `admit` raises.
    """
    with writing(session, relaxed=True):
        serialize_writers(session)
        ends = session.scalar(
            select(Upload.expires_at).where(
                Upload.id == upload_id, Upload.state != UploadState.REMOVED
            )
        )
        if ends is None:
            raise UploadNotFound(upload_id)
        if ends < lapsed_before:
            admit(session)
        session.execute(update(Upload).where(Upload.id == upload_id).values(expires_at=expires_at))


def remove_unneeded(session: Session, upload_id: str) -> bool:
    """Remove the row of an arriving upload that no unfinished job waits for.

    Returns whether it did; its files are the caller's to remove then.
    """
    waited_for = exists().where(Job.upload_id == Upload.id, Job.finished_at.is_(None))
    with writing(session):
        serialize_writers(session)
        gone = session.scalar(
            update(Upload)
            .where(Upload.id == upload_id, Upload.state == UploadState.ARRIVING, ~waited_for)
            .values(state=UploadState.REMOVED)
            .returning(Upload.id)
        )
    return gone is not None


def may_be_stored(session: Session, upload_id: str, error: BaseException) -> bool:
    """Whether the row of an upload may be stored although `error` ended its transaction.

    A COMMIT whose answer was lost may have happened. False only where it certainly did not.
    """
    if getattr(error, "connection_invalidated", False):
        return True
    try:
        with reading(session):
            return session.get(Upload, upload_id, populate_existing=True) is not None
    except SQLAlchemyError:
        return True
