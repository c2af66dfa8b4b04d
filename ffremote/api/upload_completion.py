"""Completes uploads whose bytes have all been received but whose row still says `arriving`.

A server that dies between the last byte and the row's update, or a database that is locked at that
moment, leaves such uploads, and their clients send nothing more. They are searched for when a
server starts and at each cleanup; the process in which an update failed retries it.
"""

import io
import logging
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from ffremote.db.models import Upload
from ffremote.depot.protocol import DepotAway
from ffremote.errors import UploadNotFound
from ffremote.jobs import pending_uploads, retention, store

from . import upload_chunk
from .context import KEY, AppContext
from .ingest.tus import UploadLocked

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
_NOTHING = io.BytesIO()  # no request writes


def complete_all(context: AppContext) -> list[str]:
    """Complete every fully received upload; return their ids. An error does not stop the others."""
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
    threading.Thread(target=_complete_all_in_context, args=(app,), daemon=True).start()


def complete_in_background(app: Flask, upload_id: str) -> None:
    """Complete one upload in a background thread, with retries until the database accepts it."""
    threading.Thread(target=_complete_with_retries, args=(app, upload_id), daemon=True).start()


def _complete_all_in_context(app: Flask) -> None:
    with app.app_context():
        try:
            complete_all(app.extensions[KEY])
        except SQLAlchemyError as exc:
            log.warning("fully received uploads could not be listed: %s", exc)


def _complete_with_retries(app: Flask, upload_id: str) -> None:
    pause = threading.Event()
    while True:
        pause.wait(RETRY_SECONDS)
        with app.app_context():
            context: AppContext = app.extensions[KEY]
            try:
                complete(context, store.find_upload(context.session, upload_id))
            except UploadNotFound:
                return
            except (SQLAlchemyError, OSError, DepotAway) as exc:
                log.warning("upload %s could not be completed, will retry: %s", upload_id, exc)
                continue
        return
