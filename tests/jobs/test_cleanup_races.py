"""A cleanup never takes an upload from a job or a client that gets it at the same instant."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text, update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db import database
from ffremote.db.models import Upload, UploadState
from ffremote.errors import UploadConflict
from ffremote.files.storage import Storage
from ffremote.jobs import retention, store, submission
from tests.support.both_databases import BOTH
from tests.support.builders import (
    arriving_upload,
    complete_upload,
    job_request,
    queue_for,
    update_row,
)
from tests.support.kept_files import upload_path
from tests.support.waiting import wait_for

HOUR = timedelta(hours=1)


def old_upload(session: Session, storage: Storage) -> str:
    upload_id = arriving_upload(session, storage)
    complete_upload(session, storage, upload_id)
    update_row(session, Upload, upload_id, expires_at=utc_now() - HOUR)
    return upload_id


def submit_during(
    engine: Engine, storage: Storage, upload_id: str, meanwhile: Callable[[Session], object]
) -> None:
    """Accept a job for an upload; when its transaction has begun, start `meanwhile` beside it."""

    def run() -> None:
        with database.session_maker(engine)() as own:
            meanwhile(own)

    other = threading.Thread(target=run)

    def admit(within: Session) -> None:
        other.start()
        if engine.dialect.name == "postgresql":  # the other waits now for this transaction
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            wait_for(lambda: within.scalar(waiting))

    with database.session_maker(engine)() as session:
        request = job_request(upload_ids=(upload_id,))
        submission.accept_uploads(session, storage, request, admit=admit)
    other.join()


def test_an_old_upload_stays_for_a_job_that_is_just_accepted(
    engine: Engine, session: Session, storage: Storage
) -> None:
    upload_id = old_upload(session, storage)

    submit_during(engine, storage, upload_id, lambda own: retention.expire_uploads(own, storage))

    assert store.find_upload(session, upload_id).state is UploadState.COMPLETE
    assert upload_path(storage, upload_id).exists()


def test_an_upload_is_not_removed_from_a_job_that_is_just_accepted(
    engine: Engine, session: Session, storage: Storage
) -> None:
    upload_id = old_upload(session, storage)
    refused: list[UploadConflict] = []

    def remove(own: Session) -> None:
        try:
            retention.remove_upload(own, storage, upload_id)
        except UploadConflict as exc:
            refused.append(exc)

    submit_during(engine, storage, upload_id, remove)

    assert len(refused) == 1
    assert upload_path(storage, upload_id).exists()


@pytest.mark.parametrize("template", BOTH[1:], indirect=True)
def test_an_upload_that_a_client_just_extended_stays(
    engine: Engine, session: Session, storage: Storage
) -> None:
    upload_id = arriving_upload(session, storage)
    job = queue_for(session, storage, upload_id)
    update_row(session, Upload, upload_id, expires_at=utc_now() - HOUR)
    removed: list[str] = []

    def expire() -> None:
        with database.session_maker(engine)() as own:
            removed.extend(retention.expire_uploads(own, storage))

    with database.session_maker(engine)() as client, database.writing(client):
        client.execute(
            update(Upload).where(Upload.id == upload_id).values(expires_at=utc_now() + HOUR)
        )
        expiring = threading.Thread(target=expire)
        expiring.start()
        wait_for(lambda: not expiring.is_alive() or is_blocked(session))
    expiring.join()

    assert removed == []
    assert store.find(session, job.id).finished_at is None


def is_blocked(session: Session) -> bool:
    with database.reading(session):
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
