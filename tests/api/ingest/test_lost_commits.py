"""A COMMIT whose reply was lost: the file stays if the row may be stored, and goes if not."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ffremote.db import database, sqlite
from ffremote.db.models import Job, Upload
from ffremote.files.storage import Storage
from ffremote.jobs import pending_uploads
from tests.support.kept_files import upload_path
from tests.support.multipart import MEDIA, file_part, form, job_part
from tests.support.tus_requests import SHA, create, patch

JOBS = "/api/v1/jobs"
Send = Callable[[FlaskClient], Any]


def send_form(client: FlaskClient) -> Any:
    return client.post(JOBS, **form(job_part(), file_part()))


def announce(client: FlaskClient) -> Any:
    return create(client)


def announce_job(client: FlaskClient) -> Any:
    return create(client, job=json.dumps({"output_filename": "a.mp4"}))


@contextmanager
def lost_reply(app: Flask, *, is_done: bool) -> Iterator[None]:
    """Lose the reply to the COMMIT that stores an upload's row, executed or not."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    storing: list[str] = []
    do_commit = engine.dialect.do_commit

    def note(_connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO uploads"):
            storing.append(statement)

    def commit(connection: Any) -> None:
        if not storing or is_done:
            do_commit(connection)
        if storing:
            storing.clear()
            raise sqlite.sqlite_module().OperationalError("disk I/O error")

    event.listen(engine, "before_cursor_execute", note)
    engine.dialect.do_commit = commit
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)
        engine.dialect.do_commit = do_commit


@pytest.mark.parametrize("send", [send_form, announce, announce_job])
def test_a_file_whose_row_was_stored_stays(
    app: Flask, client: FlaskClient, storage: Storage, session: Session, send: Send
) -> None:
    with lost_reply(app, is_done=True):
        response = send(client)

    assert response.status_code == 503
    [upload_id] = storage.upload_ids()
    with database.reading(session):
        assert session.get(Upload, upload_id) is not None
    if send is send_form:
        assert upload_path(storage, upload_id).read_bytes() == MEDIA
        assert client.get(JOBS).json["total"] == 1
    else:
        assert patch(client, f"/api/v1/uploads/{upload_id}", 0, MEDIA).status_code == 204
        assert client.get(f"/api/v1/uploads/{upload_id}").json["sha256"] == SHA


@pytest.mark.parametrize("send", [send_form, announce, announce_job])
def test_a_file_whose_row_was_not_stored_is_removed(
    app: Flask, client: FlaskClient, storage: Storage, session: Session, send: Send
) -> None:
    with lost_reply(app, is_done=False):
        response = send(client)

    assert response.status_code == 503
    assert list(storage.upload_ids()) == []
    assert (session.query(Upload).count(), session.query(Job).count()) == (0, 0)


def test_the_state_is_unknown_when_the_connection_was_lost(session: Session) -> None:
    lost = OperationalError("COMMIT", {}, Exception("gone"), connection_invalidated=True)
    unknown = "00000000-0000-4000-8000-000000000000"

    assert pending_uploads.may_be_stored(session, unknown, lost)
    assert not pending_uploads.may_be_stored(session, unknown, KeyboardInterrupt())


def test_the_state_is_unknown_when_the_database_cannot_be_queried(
    app: Flask, session: Session, storage: Storage
) -> None:
    (storage.root / "ffremote.db").write_bytes(b"no database" * 1000)

    unknown = "00000000-0000-4000-8000-000000000000"
    assert pending_uploads.may_be_stored(session, unknown, RuntimeError())
