"""Files of uploads before their rows are stored: made, held against sweeps, or removed."""

import logging
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from ffremote.errors import ServiceUnavailable
from ffremote.files.storage import Storage
from ffremote.host.directory_lock import holding

from . import pending_uploads

log = logging.getLogger(__name__)


def allocate_upload(storage: Storage) -> tuple[str, Path]:
    """Make the directory of a new upload; return its id and the path for its bytes."""
    upload_id = str(uuid.uuid4())
    return upload_id, storage.start_upload(upload_id)


@contextmanager
def receiving(storage: Storage) -> Iterator[Callable[[], tuple[str, Path]]]:
    """Yield `allocate_upload` for the files of one request, which it discards after an error.

    Until all have arrived they are held: a sweep would take the first one for an orphan while
    another one arrives for an hour.
    """
    upload_ids: list[str] = []

    def allocate() -> tuple[str, Path]:
        upload_id, path = allocate_upload(storage)
        upload_ids.append(upload_id)
        held.enter_context(holding(storage.upload_dir(upload_id)))
        return upload_id, path

    with ExitStack() as held:
        try:
            yield allocate
        except BaseException:
            for upload_id in upload_ids:
                storage.discard_upload(upload_id)
            raise
        for upload_id in upload_ids:
            os.utime(storage.upload_dir(upload_id))


@contextmanager
def discarding_unless_stored(
    session: Session, storage: Storage, upload_ids: Sequence[str]
) -> Iterator[None]:
    """Protect files from sweeps until their rows are stored; after an error, remove the files.

    A sweep goes by the age of files, and a step of the wall clock makes any file look old.
    Raise ServiceUnavailable when a sweep removed one of them first.
    """
    directories = [storage.upload_dir(upload_id) for upload_id in upload_ids]
    try:
        with ExitStack() as stack:
            for directory in directories:
                stack.enter_context(holding(directory))
            yield
    except BaseException as exc:
        is_swept = isinstance(exc, FileNotFoundError) and not all(d.exists() for d in directories)
        _discard_unless_stored(session, storage, upload_ids, exc)
        if is_swept:
            message = "The received file was removed before its job was stored; send it again."
            raise ServiceUnavailable(message) from exc
        raise


def _discard_unless_stored(
    session: Session, storage: Storage, upload_ids: Sequence[str], error: BaseException
) -> None:
    """Remove the files of uploads without rows; if that is not certain, leave them to a sweep.

    The rows of all are stored in one transaction.
    """
    if pending_uploads.may_be_stored(session, upload_ids[0], error):
        log.warning(
            "uploads %s: their rows may be stored, so the files stay: %r",
            ", ".join(upload_ids),
            error,
        )
        return
    for upload_id in upload_ids:
        storage.discard_upload(upload_id)
