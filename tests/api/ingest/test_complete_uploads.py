"""Uploads whose last byte is stored: reads change nothing, and each upload is completed."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from ffremote.api import upload_completion
from ffremote.api.app import create_app
from ffremote.api.context import KEY
from ffremote.api.ingest.upload_file import exclusive_writer
from ffremote.api.waitress_server import parser
from ffremote.config import Settings
from ffremote.db import sqlite
from ffremote.files.storage import Storage
from ffremote.jobs import submission
from tests.support.multipart import MEDIA
from tests.support.raw_http import connect, head, read_all
from tests.support.tus_requests import (
    PIECE,
    SHA,
    UPLOADS,
    begin,
    create,
    metadata,
    offset_of,
    patch,
)
from tests.support.waiting import wait_for

Serve = Callable[..., tuple[str, int]]
PAGE = b"#EXTM3U\nhttp://example.org/\n"


def id_of(url: str) -> str:
    return url.rpartition("/")[2]


def arrive(client: FlaskClient, storage: Storage, data: bytes, **values: str) -> str:
    """Leave an upload as a server that dies right after the last byte."""
    url = create(client, size=len(data), **values).headers["Location"]
    storage.upload_partial(id_of(url)).write_bytes(data)
    return str(url)


def close_all(app: Flask) -> list[str]:
    with app.app_context():
        return upload_completion.complete_all(app.extensions[KEY])


def test_a_head_request_during_completion_reports_all_bytes(
    client: FlaskClient, storage: Storage
) -> None:
    url = arrive(client, storage, MEDIA)

    with exclusive_writer(storage.upload_partial(id_of(url))):
        assert offset_of(client, url) == len(MEDIA)


def test_reading_a_complete_upload_that_is_not_media_changes_nothing(
    client: FlaskClient, app: Flask, storage: Storage
) -> None:
    job = json.dumps({"output_filename": "a.mp4"})
    response = create(client, size=len(PAGE), job=job)
    url = response.headers["Location"]
    storage.upload_partial(id_of(url)).write_bytes(PAGE)

    looks = [client.head(url).status_code for _ in range(3)]
    document = client.get(url).json

    assert looks == [200, 200, 200]
    assert (document["state"], document["bytes_received"]) == ("arriving", len(PAGE))
    assert close_all(app) == [id_of(url)]
    assert client.head(url).status_code == 404
    assert list(storage.upload_ids()) == []
    status = client.get(f"/api/v1/jobs/{response.json['job_id']}/status").json
    assert status["error"]["details"]["reason"] == "upload_abandoned"


def test_complete_uploads_of_a_dead_server_are_completed_and_queue_their_jobs(
    client: FlaskClient, app: Flask, storage: Storage
) -> None:
    response = create(client, job=json.dumps({"output_filename": "a.mp4"}))
    unrecorded = response.headers["Location"]
    storage.upload_partial(id_of(unrecorded)).write_bytes(MEDIA)
    unnamed = arrive(client, storage, MEDIA)
    storage.finish_upload(id_of(unnamed), sha256="0" * 64)
    other = arrive(client, storage, MEDIA, sha256="0" * 64)
    half = begin(client)
    patch(client, half, 0, MEDIA[:700])

    assert set(close_all(app)) == {id_of(url) for url in (unrecorded, unnamed, other)}

    for url in (unrecorded, unnamed):
        document = client.get(url).json
        assert (document["state"], document["sha256"]) == ("complete", SHA)
    assert client.get(f"/api/v1/jobs/{response.json['job_id']}/status").json["phase"] == "queued"
    assert client.head(other).status_code == 404  # not the announced file
    assert offset_of(client, half) == 700


def test_the_cleanup_completes_them_too(client: FlaskClient, app: Flask, storage: Storage) -> None:
    url = arrive(client, storage, MEDIA)

    assert app.test_cli_runner().invoke(args=["cleanup"]).exit_code == 0

    assert client.get(url).json["state"] == "complete"


def test_a_last_chunk_during_a_database_lock_is_recorded_after_it(
    settings: Settings, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    monkeypatch.setattr(upload_completion, "RETRY_SECONDS", 0.05)
    complete_upload = submission.complete_upload

    def complete_locked(*args: Any, **named: Any) -> None:
        session.execute(
            text("UPDATE job_totals SET total = total")
        )  # acquires the write lock and holds it
        complete_upload(*args, **named)

    client = create_app(settings).test_client()
    url = begin(client)
    with monkeypatch.context() as patched:
        patched.setattr(submission, "complete_upload", complete_locked)
        response = patch(client, url, 0, MEDIA)
    assert response.status_code == 503
    assert (offset_of(client, url), client.get(url).json["state"]) == (len(MEDIA), "arriving")

    session.rollback()

    wait_for(lambda: client.get(url).json["state"] == "complete")


def test_a_creation_whose_first_chunk_stalls_returns_its_url_and_offset(
    serve: Serve, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parser, "IDLE_PATCH_SECONDS", 0.2)
    kind = f"Content-Type: {PIECE['Content-Type']}"

    with connect(serve(app)) as line:
        line.sendall(head("POST", len(MEDIA), f"Upload-Length: {len(MEDIA)}", kind, path=UPLOADS))
        line.sendall(MEDIA[:600])
        response = read_all(line).decode("latin-1")

    assert response.startswith("HTTP/1.1 201 ")
    headers = dict(row.split(": ", 1) for row in response.split("\r\n\r\n")[0].split("\r\n")[1:])
    assert headers["Upload-Offset"] == "600"
    assert offset_of(client, headers["Location"]) == 600
    assert patch(client, headers["Location"], 600, MEDIA[600:]).status_code == 204


def test_a_creation_whose_first_chunk_is_refused_returns_its_url(
    client: FlaskClient,
) -> None:
    wrong = f"sha1 {base64.b64encode(bytes(20)).decode()}"
    headers = {**PIECE, "Upload-Length": str(len(MEDIA)), "Upload-Checksum": wrong}

    response = client.post(UPLOADS, headers=headers, data=MEDIA)

    assert response.status_code == 460
    assert offset_of(client, response.headers["Location"]) == 0


@pytest.mark.parametrize("meta", [{}, {"sha256": "0" * 64}])
def test_a_refused_creation_has_no_url(
    client: FlaskClient, storage: Storage, meta: dict[str, str]
) -> None:
    data = MEDIA if meta else PAGE
    headers = {**PIECE, "Upload-Length": str(len(data)), "Upload-Metadata": metadata(**meta)}

    response = client.post(UPLOADS, headers=headers, data=data)

    assert response.status_code == (460 if meta else 415)
    assert "Location" not in response.headers
    assert list(storage.upload_ids()) == []
