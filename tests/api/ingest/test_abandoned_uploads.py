"""Uploads that end incomplete: deleted, expired, unknown."""

import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.files.storage import Storage
from ffremote.jobs import retention, store
from tests.support.multipart import MEDIA
from tests.support.tus_requests import TUS, UPLOADS, begin, create, error_of, patch

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_a_deleted_upload_leaves_nothing(client: FlaskClient, storage: Storage) -> None:
    response = create(client, job=json.dumps({"output_filename": "a.mp4"}))
    url = response.headers["Location"]
    patch(client, url, 0, MEDIA[:700])

    assert client.delete(url, headers=TUS).status_code == 204

    assert list(storage.upload_ids()) == []
    for again in (client.delete(url), patch(client, url, 700, b"x"), client.get(url)):
        assert error_of(again)[:2] == (404, "UPLOAD_NOT_FOUND")
    status = client.get(f"/api/v1/jobs/{response.json['job_id']}/status").json
    assert status["error"]["details"]["reason"] == "upload_abandoned"


def test_an_upload_that_a_queued_job_needs_cannot_be_deleted(client: FlaskClient) -> None:
    url = begin(client)
    patch(client, url, 0, MEDIA)
    upload_id = url.rpartition("/")[2]
    job = {"output_filename": "a.mp4", "input": {"upload_id": upload_id}}
    job_id = client.post("/api/v1/jobs", json=job).json["job_id"]

    assert error_of(client.delete(url))[:2] == (409, "UPLOAD_CONFLICT")
    client.delete(f"/api/v1/jobs/{job_id}")
    assert client.delete(url).status_code == 204


def test_an_expired_upload_is_gone(client: FlaskClient, session: Session, storage: Storage) -> None:
    url = begin(client)
    upload_id = url.rpartition("/")[2]
    store.extend_upload(session, upload_id, expires_at=utc_now() - timedelta(seconds=1))

    retention.expire_uploads(session, storage)

    for response in (client.get(url), patch(client, url, 0, MEDIA)):
        assert error_of(response)[:2] == (404, "UPLOAD_NOT_FOUND")
    assert list(storage.upload_ids()) == []


@pytest.mark.parametrize("upload_id", [UNKNOWN, "x", "..", "a" * 300])
def test_an_unknown_upload_is_not_found_by_any_method(client: FlaskClient, upload_id: str) -> None:
    url = f"{UPLOADS}/{upload_id}"

    assert client.head(url).status_code == 404
    for response in (client.get(url), patch(client, url, 0, b"x"), client.delete(url)):
        assert error_of(response)[:2] == (404, "UPLOAD_NOT_FOUND")
