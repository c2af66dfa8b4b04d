"""Completes uploads whose bytes have all been received but whose row still says `arriving`.

A server that dies between the last byte and the row's update, or a database that is locked at that
moment, leaves such uploads, and their clients send nothing more. They are searched for when a
server starts and at each cleanup; the process in which an update failed retries it.
"""

import io
import logging
import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from ffremote.db.models import Upload, UploadState
from ffremote.depot.protocol import DepotAway
from ffremote.errors import UploadNotFound
from ffremote.jobs import pending_uploads, retention, store

from . import upload_chunk
from .context import KEY, AppContext
from .ingest.tus import UploadLocked

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
_NOTHING = io.BytesIO()  # no request writes


def complete_all(
    context: AppContext, *, on_failure: Callable[[str], None] = lambda _: None
) -> list[str]:
    """Complete every fully received upload; return their ids. An error does not stop the others.

    `on_failure` is called with the id of each that could not be completed now.
    """
    completed = []
    for upload in pending_uploads.list_arriving(context.session):
        try:
            if upload_chunk.has_all_bytes(context, upload) and complete(context, upload):
                completed.append(upload.id)
        except UploadNotFound:
            continue  # removed meanwhile
        except (SQLAlchemyError, OSError, DepotAway) as exc:
            log.warning(
                "upload %s is fully received but could not be completed: %s", upload.id, exc
            )
            on_failure(upload.id)
    return completed


def complete(context: AppContext, upload: Upload) -> bool:
    """Complete an upload if it is fully received: queue its jobs, or remove it if it is no media.

    Returns False if a request is writing to it; that request will complete it.
    """
    try:
        with upload_chunk.opened(context, upload, _NOTHING) as inflow:
            if inflow.writer.size == upload.bytes_expected:
                digest = inflow.start_hash()
                inflow.writer.hashed = inflow.writer.size if digest is not None else 0
                upload_chunk.complete(context, upload, inflow, digest)
    except UploadLocked:
        return False
    except FileNotFoundError:
        upload_chunk.complete_stored(context, upload)
    except upload_chunk.REFUSALS as exc:
        log.info("upload %s is fully received and refused: %s", upload.id, exc)
        retention.remove_upload(context.session, context.storage, upload.id)
    return True


def complete_all_in_background(app: Flask) -> None:
    """Complete all fully received uploads in a background thread, at the start of a server."""
    threading.Thread(target=_complete_all_with_retries, args=(app,), daemon=True).start()


def complete_in_background(app: Flask, upload_id: str, *, pause: float | None = None) -> None:
    """Complete one upload in a background thread, with retries until the database accepts it.

    `pause` is how long to wait first. Nothing is done while such a thread runs.
    """
    context: AppContext = app.extensions[KEY]
    if upload_id in context.completing:
        return
    context.completing.add(upload_id)
    arguments = (app, upload_id, RETRY_SECONDS if pause is None else pause)
    threading.Thread(target=_complete_with_retries, args=arguments, daemon=True).start()


def require_kept(app: Flask, upload: Upload) -> None:
    """Raise DepotAway while the bucket does not have all of an upload whose bytes are all here.

    A client that is told its size sends nothing more, and the disk of this host may be lost.
    """
    context: AppContext = app.extensions[KEY]
    if upload.state is UploadState.ARRIVING and not context.storage.depot.is_on_this_disk:
        complete_in_background(app, upload.id, pause=0.0)
        raise DepotAway(
            "All bytes of the upload have been received, and are on their way to the object store; "
            "ask again in a moment."
        )


def _complete_all_with_retries(app: Flask) -> None:
    """Each that fails is retried: its client may have gone, and its bytes are on this disk only."""
    pause = threading.Event()  # never set: its wait is a sleep
    while True:
        with app.app_context():
            try:
                complete_all(
                    app.extensions[KEY],
                    on_failure=lambda upload_id: complete_in_background(app, upload_id),
                )
            except SQLAlchemyError as exc:
                log.warning("fully received uploads could not be listed, will retry: %s", exc)
            else:
                return
        pause.wait(RETRY_SECONDS)


def _complete_with_retries(app: Flask, upload_id: str, first_pause: float) -> None:
    context: AppContext = app.extensions[KEY]
    pause = threading.Event()  # never set: its wait is a sleep
    pause.wait(first_pause)
    try:
        while True:
            with app.app_context():
                if _has_ended(context, upload_id):
                    return
            pause.wait(RETRY_SECONDS)
    finally:
        context.completing.discard(upload_id)


def _has_ended(context: AppContext, upload_id: str) -> bool:
    """Try to complete an upload; return False after an error that may pass."""
    try:
        complete(context, store.find_upload(context.session, upload_id))
    except UploadNotFound:
        return True
    except (SQLAlchemyError, OSError, DepotAway) as exc:
        log.warning("upload %s could not be completed, will retry: %s", upload_id, exc)
        return False
    return True
