"""The same content again: found by its hash, stored once; one upload for each key."""

import json

from flask.testing import FlaskClient

from ffremote.files.storage import Storage
from tests.support.kept_files import upload_path
from tests.support.multipart import MEDIA, file_part, form, job_part
from tests.support.tus_requests import SHA, TUS, UPLOADS, begin, error_of, metadata, patch


def test_stored_content_is_found_by_its_hash_and_reused(client: FlaskClient) -> None:
    asked = {"sha256": SHA, "bytes": str(len(MEDIA))}
    assert error_of(client.get(UPLOADS, query_string=asked))[:2] == (404, "UPLOAD_NOT_FOUND")
    client.post("/api/v1/jobs", **form(job_part(), file_part()))

    found = client.get(UPLOADS, query_string=asked).json

    job = {"output_filename": "b.mp4", "input": {"upload_id": found["upload_id"]}}
    assert client.post("/api/v1/jobs", json=job).status_code == 202
    for wrong in ({}, {"sha256": "x"}, {"sha256": SHA}, {"sha256": SHA, "bytes": "x"}):
        assert client.get(UPLOADS, query_string=wrong).status_code == 400


def test_the_same_content_is_stored_once(client: FlaskClient, storage: Storage) -> None:
    for _ in range(2):
        client.post("/api/v1/jobs", **form(job_part(), file_part()))
        patch(client, begin(client), 0, MEDIA)

    files = {upload_path(storage, upload_id).stat().st_ino for upload_id in storage.upload_ids()}

    assert (len(list(storage.upload_ids())), len(files)) == (4, 1)


def test_the_same_key_creates_one_upload(client: FlaskClient, storage: Storage) -> None:
    headers = {
        **TUS,
        "Upload-Length": str(len(MEDIA)),
        "Upload-Metadata": metadata(job=json.dumps({"output_filename": "a.mp4"})),
        "Idempotency-Key": "k",
    }
    first = client.post(UPLOADS, headers=headers)
    patch(client, first.headers["Location"], 0, MEDIA[:800])

    again = client.post(UPLOADS, headers=headers)

    assert again.headers["Location"] == first.headers["Location"]
    assert (again.json["job_id"], again.headers["Upload-Offset"]) == (first.json["job_id"], "800")
    assert len(list(storage.upload_ids())) == 1
