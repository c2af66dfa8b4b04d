"""tus 1.0.0, request by request: each error, and that nothing is left on disk."""

import base64
import fcntl
import hashlib
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.files.storage import Storage
from tests.support.multipart import MEDIA
from tests.support.tus_requests import SHA, TUS, UPLOADS, begin, create, error_of, offset_of, patch


def test_a_wrong_job_is_refused_before_any_byte(client: FlaskClient, storage: Storage) -> None:
    response = create(client, job=json.dumps({"output_filename": "a.mp4", "video": {"crf": 99}}))

    assert error_of(response) == (400, "INVALID_ARGUMENT", "video.crf")
    assert list(storage.upload_ids()) == []


@pytest.mark.parametrize(
    ("headers", "status", "code", "field"),
    [
        ({}, 400, "INVALID_ARGUMENT", "Upload-Length"),
        ({"Upload-Length": "-1"}, 400, "INVALID_ARGUMENT", "Upload-Length"),
        ({"Upload-Length": "1e3"}, 400, "INVALID_ARGUMENT", "Upload-Length"),
        ({"Upload-Length": "9" * 40}, 400, "INVALID_ARGUMENT", "Upload-Length"),
        ({"Upload-Length": "0"}, 415, "UNSUPPORTED_MEDIA_TYPE", "file"),
        ({"Upload-Length": str(20 << 31)}, 413, "FILE_TOO_LARGE", None),
        ({"Upload-Defer-Length": "1"}, 400, "INVALID_ARGUMENT", "Upload-Defer-Length"),
        ({"Upload-Metadata": "filename !!"}, 400, "INVALID_ARGUMENT", "Upload-Metadata"),
        ({"Upload-Metadata": "a YQ==,a YQ=="}, 400, "INVALID_ARGUMENT", "Upload-Metadata"),
        ({"Upload-Metadata": "sha256 /w=="}, 400, "INVALID_ARGUMENT", "Upload-Metadata"),
        ({"Upload-Metadata": "sha256 YQ=="}, 400, "INVALID_ARGUMENT", "Upload-Metadata"),
        ({"Upload-Metadata": "job YQ=="}, 400, "INVALID_ARGUMENT", "job"),
        ({"Tus-Resumable": "0.2.2"}, 412, "INVALID_ARGUMENT", "Tus-Resumable"),
    ],
)
def test_a_wrong_creation_is_refused(
    client: FlaskClient,
    storage: Storage,
    headers: dict[str, str],
    status: int,
    code: str,
    field: str | None,
) -> None:
    length = {} if "Upload-Defer-Length" in headers or headers == {} else {"Upload-Length": "9"}

    response = client.post(UPLOADS, headers={**TUS, **length, **headers})

    assert error_of(response) == (status, code, field)
    assert list(storage.upload_ids()) == []


def test_a_full_disk_is_reported_before_any_byte(
    app: Any, storage: Storage, settings: Settings
) -> None:
    full = create_app(settings.model_copy(update={"min_free_bytes": 1 << 60}))

    response = create(full.test_client())

    assert error_of(response)[:2] == (507, "INSUFFICIENT_STORAGE")
    assert response.json["error"]["details"]["reserve_bytes"] == 1 << 60
    assert list(storage.upload_ids()) == []


def test_a_wrong_offset_is_a_conflict_with_the_right_one(client: FlaskClient) -> None:
    url = begin(client)
    patch(client, url, 0, MEDIA[:100])

    for wrong in (0, 99, 101, len(MEDIA)):
        response = patch(client, url, wrong, b"")

        assert error_of(response)[:2] == (409, "UPLOAD_CONFLICT")
        assert response.json["error"]["details"]["offset"] == 100
    assert offset_of(client, url) == 100


def test_more_bytes_than_announced_are_refused(client: FlaskClient) -> None:
    url = begin(client)

    assert error_of(patch(client, url, 0, MEDIA + b"x"))[:2] == (413, "FILE_TOO_LARGE")
    assert offset_of(client, url) == 0
    patch(client, url, 0, MEDIA)
    assert error_of(patch(client, url, len(MEDIA), b"x"))[:2] == (413, "FILE_TOO_LARGE")
    assert patch(client, url, len(MEDIA), b"").status_code == 204
    assert error_of(patch(client, url, 0, b"x"))[:2] == (409, "UPLOAD_CONFLICT")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_chunk_is_checked_against_its_checksum(client: FlaskClient, algorithm: str) -> None:
    url = begin(client)

    def summed(data: bytes) -> str:
        return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"

    wrong = patch(client, url, 0, MEDIA[:600], **{"Upload-Checksum": summed(b"other")})
    kept = offset_of(client, url)
    right = patch(client, url, 0, MEDIA[:600], **{"Upload-Checksum": summed(MEDIA[:600])})
    rest = patch(client, url, 600, MEDIA[600:])

    assert (error_of(wrong), kept) == ((460, "INVALID_ARGUMENT", "Upload-Checksum"), 0)
    assert (right.status_code, rest.status_code) == (204, 204)
    assert client.get(url).json["sha256"] == SHA


@pytest.mark.parametrize("header", ["crc32 YQ==", "sha1 !", "sha1"])
def test_a_checksum_that_cannot_be_read_is_refused(client: FlaskClient, header: str) -> None:
    response = patch(client, begin(client), 0, MEDIA[:10], **{"Upload-Checksum": header})

    assert response.status_code in (400, 460)
    assert error_of(response)[1:] == ("INVALID_ARGUMENT", "Upload-Checksum")


def test_a_file_with_another_hash_than_announced_is_removed(
    client: FlaskClient, storage: Storage
) -> None:
    url = begin(client, sha256="0" * 64)

    response = patch(client, url, 0, MEDIA)

    assert error_of(response) == (460, "INVALID_ARGUMENT", "Upload-Metadata")
    assert client.head(url).status_code == 404
    assert list(storage.upload_ids()) == []


def test_text_is_refused_at_its_first_bytes(client: FlaskClient, storage: Storage) -> None:
    response = create(client, 10_000, job=json.dumps({"output_filename": "a.mp4"}))

    refused = patch(client, response.headers["Location"], 0, b"text\n" * 200)

    assert error_of(refused) == (415, "UNSUPPORTED_MEDIA_TYPE", "file")
    assert list(storage.upload_ids()) == []
    status = client.get(f"/api/v1/jobs/{response.json['job_id']}/status").json
    assert (status["state"], status["error"]["details"]["reason"]) == (
        "failed",
        "upload_abandoned",
    )


def test_a_chunk_needs_its_content_type(client: FlaskClient) -> None:
    url = begin(client)

    for kind in ("application/octet-stream", "", "text/plain"):
        response = patch(client, url, 0, b"x", **{"Content-Type": kind})

        assert error_of(response) == (415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type")


def test_a_second_concurrent_writer_is_refused(client: FlaskClient, storage: Storage) -> None:
    url = begin(client)
    with storage.upload_partial(url.rpartition("/")[2]).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        response = patch(client, url, 0, MEDIA)

    assert error_of(response)[:2] == (423, "UPLOAD_CONFLICT")
    assert offset_of(client, url) == 0
    assert patch(client, url, 0, MEDIA).status_code == 204
