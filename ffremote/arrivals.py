"""Uploads on their way in: which there are, and what becomes of one that is given up."""

from sqlalchemy import exists, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from .database import reading, take_turns, writing
from .models import ARRIVING, Job, Upload, UploadState


def arriving(session: Session) -> list[Upload]:
    """Return the uploads that are not whole, as far as their rows know."""
    with reading(session):
        return list(session.scalars(select(Upload).where(Upload.state == ARRIVING)))


def abandon(session: Session, upload_id: str) -> bool:
    """Remove the row of an arriving upload that no unfinished job waits for.

    Returns whether it did; its files are the caller's to remove then.
    """
    waited_for = exists().where(Job.upload_id == Upload.id, Job.finished_at.is_(None))
    with writing(session):
        take_turns(session)
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
