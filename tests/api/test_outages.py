"""Errors while the disk is full or reserved, or the database is busy."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from ffremote.api.app import create_app
from ffremote.api.context import KEY
from ffremote.config import Settings
from ffremote.db import sqlite
from ffremote.files import ballast
from ffremote.files.storage import Storage
from ffremote.jobs import store
from ffremote.jobs.kept import usage
from tests.support.multipart import file_part, form, job_part

TUS = {"Tus-Resumable": "1.0.0"}


def submit(client: FlaskClient) -> tuple[int, dict]:
    response = client.post("/api/v1/jobs", **form(job_part(), file_part()))
    return response.status_code, response.json


@contextmanager
def full_database(app: Flask) -> Iterator[None]:
    """Stop the database of `app` from growing, as on a full disk."""
    pages = [1]  # SQLite makes it what is used already

    def limit(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")

    with app.app_context():
        event.listen(app.extensions["sqlalchemy"].engine, "checkout", limit)
    yield
    pages[0] = 1073741823


def test_a_database_that_is_locked_for_long_is_a_503(
    settings: Settings, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    client = create_app(settings).test_client()
    before, accepted = submit(client)
    session.execute(
        text("UPDATE job_totals SET total = total")
    )  # acquires the write lock and holds it

    response = client.delete(f"/api/v1/jobs/{accepted['job_id']}")
    status = client.get(f"/api/v1/jobs/{accepted['job_id']}/status")

    session.rollback()
    assert (before, response.status_code) == (202, 503)
    assert response.json["error"]["code"] == "SERVICE_UNAVAILABLE"
    assert int(response.headers["Retry-After"]) > 0
    assert (status.status_code, status.json["state"]) == (200, "queued")
    assert client.delete(f"/api/v1/jobs/{accepted['job_id']}").status_code == 202


def test_a_file_is_removed_when_its_row_cannot_be_written(
    settings: Settings, session: Session, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    client = create_app(settings).test_client()
    session.execute(text("UPDATE job_totals SET total = total"))

    status, document = submit(client)

    session.rollback()
    assert (status, document["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert list(storage.upload_ids()) == []


def test_reserved_space_is_not_reserved_again(
    settings: Settings, session: Session, storage: Storage
) -> None:
    roomy = create_app(settings).test_client()
    size = 1 << 30
    begun = roomy.post("/api/v1/uploads", headers=TUS | {"Upload-Length": str(size)})
    promised = usage.promised_bytes(session).total
    reserve = storage.free_bytes() - size // 2  # space for a clip, not for the reservation
    tight = create_app(settings.model_copy(update={"min_free_bytes": reserve}))

    status, document = submit(tight.test_client())

    assert (begun.status_code, promised) == (201, size)
    assert (status, document["error"]["code"]) == (507, "INSUFFICIENT_STORAGE")
    assert document["error"]["details"]["promised_bytes"] == size
    roomy.delete(begun.headers["Location"], headers=TUS)
    assert usage.promised_bytes(session).total == 0


def test_an_unfinished_job_reserves_the_size_of_its_input_for_its_result(
    client: FlaskClient, session: Session
) -> None:
    status, document = submit(client)
    job = store.find(session, document["job_id"])
    upload = store.find_upload(session, job.upload_id)

    promised = usage.promised_bytes(session).total
    client.delete(f"/api/v1/jobs/{job.id}")

    assert status == 202
    assert promised == upload.bytes_expected
    assert usage.promised_bytes(session).total == 0


def test_a_full_disk_drops_the_ballast_and_the_database_writes_again(
    app: Flask, client: FlaskClient, storage: Storage
) -> None:
    ballast.restore(storage)
    _, accepted = submit(client)
    path = f"/api/v1/jobs/{accepted['job_id']}"

    with full_database(app):
        responses = [submit(client) for _ in range(60)]
        reading = client.get(f"{path}/status").status_code

    refused = [document["error"]["code"] for status, document in responses if status != 202]
    assert set(refused) == {"INSUFFICIENT_STORAGE"}
    assert reading == 200
    assert not storage.ballast.exists()
    assert submit(client)[0] == 202


def test_a_form_reserves_its_space_while_it_is_received(
    settings: Settings, storage: Storage
) -> None:
    reserve = storage.free_bytes() - (1 << 30)
    app = create_app(settings.model_copy(update={"min_free_bytes": reserve}))
    client = app.test_client()

    with app.extensions[KEY].reservations.reserve(1 << 30):
        meanwhile, document = submit(client)
    afterwards, _ = submit(client)

    assert (meanwhile, afterwards) == (507, 202)
    assert document["error"]["details"]["promised_bytes"] == 2 << 30


def test_a_full_quota_is_a_507_and_is_shown(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"max_stored_bytes": 100}))
    client = app.test_client()
    status, document = submit(client)

    metrics = client.get("/metrics").text
    ready = client.get("/readyz").json
    found = app.test_cli_runner().invoke(args=["doctor"]).output

    assert (status, document["error"]["code"]) == (507, "INSUFFICIENT_STORAGE")
    assert document["error"]["details"]["max_stored_bytes"] == 100
    assert "ffremote_stored_bytes 0.0" in metrics
    assert "ffremote_max_stored_bytes 100.0" in metrics
    assert ready["quota_used_percent"] == 0.0
    assert "ok    stored    0.0 of 0.0 GiB" in found
