"""Reserved space is limited: stalled uploads lose it, and one client cannot reserve all of it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from ffremote.api.access.auth import new_token
from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.db import database
from ffremote.db.models import Upload
from ffremote.files.storage import Storage
from tests.support.multipart import MEDIA, file_part, form, job_part
from tests.support.tus_requests import PIECE, UPLOADS, error_of, metadata

GIB = 1 << 30
ALICE, ALICE_ENTRY = new_token("alice")
BOB, BOB_ENTRY = new_token("bob")


@pytest.fixture
def app(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A server with two tokens and 40 GiB of free disk space."""
    monkeypatch.setattr(Storage, "free_bytes", lambda self: 40 * GIB)
    changes = {"tokens": f"{ALICE_ENTRY},{BOB_ENTRY}", "max_client_uploads": 5}
    return create_app(settings.model_copy(update=changes))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def announce(client: FlaskClient, size: int, token: str = ALICE, **values: str) -> Any:
    headers = {"Upload-Length": str(size), "Authorization": f"Bearer {token}"}
    if values:
        headers["Upload-Metadata"] = metadata(**values)
    return client.post(UPLOADS, headers=headers)


def patch(client: FlaskClient, url: str, offset: int, data: bytes) -> Any:
    headers = {**PIECE, "Upload-Offset": str(offset), "Authorization": f"Bearer {ALICE}"}
    return client.patch(url, data=data, headers=headers)


def submit(client: FlaskClient, token: str) -> int:
    bearer = {"Authorization": f"Bearer {token}"}
    return client.post("/api/v1/jobs", headers=bearer, **form(job_part(), file_part())).status_code


def stall_uploads(session: Session, settings: Settings, seconds: float) -> None:
    """Make every upload stalled for this many seconds."""
    with database.writing(session):
        session.execute(
            update(Upload).values(expires_at=Upload.created_at)  # as the row would be read
        )
        for upload in session.query(Upload):
            upload.expires_at = upload.created_at + settings.upload_ttl - timedelta(seconds=seconds)


def test_one_client_cannot_reserve_the_whole_disk(client: FlaskClient) -> None:
    first = announce(client, 15 * GIB)
    second = announce(client, 6 * GIB)

    assert first.status_code == 201
    assert error_of(second)[:2] == (507, "INSUFFICIENT_STORAGE")
    assert second.json["error"]["details"] == {
        "free_bytes": 40 * GIB,
        "wanted_bytes": 6 * GIB,
        "announced_bytes": 15 * GIB,
        "share_bytes": 20 * GIB,
    }
    assert announce(client, 8 * GIB, BOB).status_code == 201
    assert submit(client, BOB) == 202


def test_one_client_cannot_create_unlimited_uploads(client: FlaskClient) -> None:
    begun = [announce(client, 1) for _ in range(5)]

    refused = announce(client, 1)

    assert [response.status_code for response in begun] == [201] * 5
    assert error_of(refused)[:2] == (429, "QUEUE_FULL")
    assert int(refused.headers["Retry-After"]) > 0
    assert announce(client, 1, BOB).status_code == 201
    bearer = {"Authorization": f"Bearer {ALICE}"}
    assert client.delete(begun[0].headers["Location"], headers=bearer).status_code == 204
    assert announce(client, 1).status_code == 201


def test_without_tokens_a_client_is_identified_by_its_address(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = create_app(settings.model_copy(update={"max_client_uploads": 1})).test_client()

    def begin(address: str) -> int:
        headers = {"Upload-Length": "10"}
        environ = {"REMOTE_ADDR": address}
        return client.post(UPLOADS, headers=headers, environ_base=environ).status_code

    assert [begin("192.0.2.1"), begin("192.0.2.1"), begin("192.0.2.2")] == [201, 429, 201]


def test_a_stalled_upload_and_its_job_release_their_space(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    job = json.dumps({"output_filename": "a.mp4"})
    assert announce(client, 15 * GIB, job=job).status_code == 201
    assert announce(client, 12 * GIB, BOB).status_code == 507

    stall_uploads(session, settings, 300)
    assert announce(client, 12 * GIB, BOB).status_code == 507
    stall_uploads(session, settings, 601)

    assert announce(client, 12 * GIB, BOB).status_code == 201


def test_a_stalled_upload_resumes_and_reserves_its_space_again(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    url = announce(client, 15 * GIB).headers["Location"]
    patch(client, url, 0, MEDIA)
    stall_uploads(session, settings, 700)

    again = patch(client, url, len(MEDIA), MEDIA)

    assert (again.status_code, again.headers["Upload-Offset"]) == (204, str(2 * len(MEDIA)))
    assert announce(client, 13 * GIB, BOB).status_code == 507


def test_a_stalled_upload_without_space_is_refused_and_keeps_its_bytes(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    url = announce(client, 20 * GIB).headers["Location"]
    patch(client, url, 0, MEDIA)
    stall_uploads(session, settings, 700)
    assert announce(client, 19 * GIB, BOB).status_code == 201
    job = json.dumps({"output_filename": "a.mp4"})
    assert announce(client, GIB // 2, BOB, job=job).status_code == 201
    assert announce(client, GIB // 2, BOB, job=job).status_code == 201

    refused = patch(client, url, len(MEDIA), MEDIA)

    assert error_of(refused)[:2] == (507, "INSUFFICIENT_STORAGE")
    head = client.head(url, headers={"Authorization": f"Bearer {ALICE}"})
    assert head.headers["Upload-Offset"] == str(len(MEDIA))
