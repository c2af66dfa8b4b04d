"""Uploads whose bytes are all here and whose row does not say so yet are given their end.

A server that died between the last byte and its row, or a database that was locked just then,
leaves such uploads; no client sends anything for them any more. They are looked for at the start of
a server and at each cleanup, and again and again where it went wrong within this process.
"""

import logging
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from ffremote.db.models import Upload
from ffremote.errors import UploadNotFound
from ffremote.jobs import pending_uploads, retention, store

from . import upload_chunk
from .context import KEY, AppContext
from .ingest.tus import UploadLocked
from .ingest.upload_file import writing_to

log = logging.getLogger(__name__)

AGAIN_SECONDS = 5.0


def close_all(context: AppContext) -> list[str]:
    """End every upload that is whole; return their ids. One that fails does not stop the others."""
    ended = []
    for upload in pending_uploads.arriving(context.session):
        try:
            if upload_chunk.is_whole(context, upload) and close(context, upload):
                ended.append(upload.id)
        except UploadNotFound:
            continue  # removed meanwhile
        except (SQLAlchemyError, OSError) as exc:
            log.warning("upload %s is whole and could not be closed: %s", upload.id, exc)
    return ended


def close(context: AppContext, upload: Upload) -> bool:
    """End an upload if it is whole: its jobs begin, or it is removed as no media.

    Returns False when a request writes to it, which ends it.
    """
    try:
        with writing_to(context.storage.upload_partial(upload.id)) as writer:
            if writer.size == upload.bytes_expected:
                upload_chunk.finish(context, upload, writer, None)
    except UploadLocked:
        return False
    except FileNotFoundError:
        upload_chunk.closed(context, upload)
    except upload_chunk.REFUSALS as exc:
        log.info("upload %s is whole and refused: %s", upload.id, exc)
        retention.remove_upload(context.session, context.storage, upload.id)
    return True


def close_beside(app: Flask) -> None:
    """End whole uploads in a thread of their own, as a server starts."""
    threading.Thread(target=_close_all_within, args=(app,), daemon=True).start()


def close_later(app: Flask, upload_id: str) -> None:
    """End an upload in a thread of its own, as soon as that is possible again."""
    threading.Thread(target=_insist, args=(app, upload_id), daemon=True).start()


def _close_all_within(app: Flask) -> None:
    with app.app_context():
        try:
            close_all(app.extensions[KEY])
        except SQLAlchemyError as exc:
            log.warning("whole uploads could not be looked for: %s", exc)


def _insist(app: Flask, upload_id: str) -> None:
    pause = threading.Event()
    while True:
        pause.wait(AGAIN_SECONDS)
        with app.app_context():
            context: AppContext = app.extensions[KEY]
            try:
                close(context, store.find_upload(context.session, upload_id))
            except UploadNotFound:
                return
            except (SQLAlchemyError, OSError) as exc:
                log.warning("upload %s is whole and could not be closed: %s", upload_id, exc)
                continue
        return
