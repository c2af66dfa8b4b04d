"""tus 1.0.0, request by request: the headers of a successful upload, and its file on disk."""

import json
import socket
from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIApplication

from flask import Flask
from flask.testing import FlaskClient

from ffremote.config import Settings
from ffremote.files.storage import Storage
from tests.support.kept_files import upload_path
from tests.support.multipart import MEDIA
from tests.support.raw_http import connect, head, read_all
from tests.support.tus_requests import (
    PIECE,
    SHA,
    TUS,
    UPLOADS,
    begin,
    create,
    error_of,
    metadata,
    offset_of,
    patch,
)

Serve = Callable[[WSGIApplication], tuple[str, int]]


def test_options_lists_version_and_extensions(client: FlaskClient, settings: Settings) -> None:
    response = client.options(UPLOADS)

    assert response.status_code == 204
    tus_headers = {name: value for name, value in response.headers if name.startswith("Tus-")}
    assert tus_headers == {
        "Tus-Resumable": "1.0.0",
        "Tus-Version": "1.0.0",
        "Tus-Extension": "creation,creation-with-upload,expiration,termination,checksum",
        "Tus-Max-Size": str(settings.max_upload_bytes),
        "Tus-Checksum-Algorithm": "sha256,sha1,md5",
    }


def test_a_file_is_uploaded_in_chunks(client: FlaskClient, storage: Storage) -> None:
    url = begin(client, filename="film.mp4")

    responses = [patch(client, url, at, MEDIA[at : at + 7000]) for at in range(0, len(MEDIA), 7000)]

    assert [response.status_code for response in responses] == [204] * 3
    assert [int(response.headers["Upload-Offset"]) for response in responses] == [
        7000,
        14000,
        len(MEDIA),
    ]
    status = client.head(url, headers=TUS)
    assert status.headers["Upload-Length"] == status.headers["Upload-Offset"] == str(len(MEDIA))
    assert status.headers["Upload-Metadata"] == metadata(filename="film.mp4")
    assert status.headers["Cache-Control"] == "no-store"
    document = client.get(url).json
    assert (document["state"], document["sha256"]) == ("complete", SHA)
    assert upload_path(storage, document["upload_id"]).read_bytes() == MEDIA


def test_the_hash_is_right_after_a_restart_of_the_server(
    client: FlaskClient, app: Any, storage: Storage
) -> None:
    url = begin(client)
    patch(client, url, 0, MEDIA[:1000])
    app.extensions["ffremote"].digests.__init__()

    patch(client, url, 1000, MEDIA[1000:])

    assert client.get(url).json["sha256"] == SHA


def test_the_creation_may_carry_the_first_bytes(client: FlaskClient) -> None:
    headers = {**PIECE, "Upload-Length": str(len(MEDIA))}

    response = client.post(UPLOADS, headers=headers, data=MEDIA[:900])

    assert (response.status_code, response.headers["Upload-Offset"]) == (201, "900")
    assert offset_of(client, response.headers["Location"]) == 900


def test_a_job_in_the_metadata_waits_for_its_bytes(client: FlaskClient) -> None:
    response = create(client, job=json.dumps({"output_filename": "a.mp4"}))
    status = f"/api/v1/jobs/{response.json['job_id']}/status"

    before = client.get(status).json
    patch(client, response.headers["Location"], 0, MEDIA)
    after = client.get(status).json

    seen = ("state", "phase", "queue_position")
    assert [before[name] for name in seen] == ["queued", "uploading", 1]
    assert [after[name] for name in seen] == ["queued", "queued", 1]


def test_a_status_reports_the_progress_of_the_upload(client: FlaskClient) -> None:
    response = create(client, job=json.dumps({"output_filename": "a.mp4"}))
    job = f"/api/v1/jobs/{response.json['job_id']}"
    patch(client, response.headers["Location"], 0, MEDIA[:4200])

    arriving = [client.get(path).json["upload"] for path in (f"{job}/status", job)]
    here = client.get(job).json["input"]["bytes_received"]
    patch(client, response.headers["Location"], 4200, MEDIA[4200:])
    whole = client.get(f"{job}/status").json["upload"]

    progress = {
        "upload_id": response.json["upload_id"],
        "bytes": len(MEDIA),
        "bytes_received": 4200,
    }
    assert arriving == [progress | {"percent": 4200 * 100 // len(MEDIA)}] * 2
    assert (here, whole) == (4200, None)


def test_every_received_byte_of_a_cut_chunk_is_kept(
    serve: Serve, app: Flask, client: FlaskClient
) -> None:
    url = begin(client)
    more = ("Content-Type: application/offset+octet-stream", "Upload-Offset: 0")

    with connect(serve(app)) as line:
        line.sendall(head("PATCH", 5000, *more, path=url) + MEDIA[:300])
        line.shutdown(socket.SHUT_WR)
        response = read_all(line)

    assert response.startswith(b"HTTP/1.1 409")
    assert b'"offset":300' in response
    assert offset_of(client, url) == 300


def test_the_last_byte_counts_if_the_server_dies_after_it(
    client: FlaskClient, storage: Storage
) -> None:
    unrecorded, unnamed = begin(client), begin(client)
    storage.upload_partial(unnamed.rpartition("/")[2]).write_bytes(MEDIA)
    storage.upload_partial(unrecorded.rpartition("/")[2]).write_bytes(MEDIA)
    storage.finish_upload(unrecorded.rpartition("/")[2], sha256="0" * 64)

    for url in (unrecorded, unnamed):
        assert offset_of(client, url) == len(MEDIA)
        assert client.get(url).json["state"] == "arriving"  # reading changes nothing
        assert patch(client, url, len(MEDIA), b"").status_code == 204
        document = client.get(url).json
        assert (document["state"], document["sha256"]) == ("complete", SHA)


def test_a_post_may_override_its_method(client: FlaskClient) -> None:
    url = begin(client)

    meant = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    response = client.post(url, data=MEDIA, headers={**PIECE, **meant})
    other = client.post(url, headers={**TUS, "X-HTTP-Method-Override": "PUT"})

    assert (response.status_code, offset_of(client, url)) == (204, len(MEDIA))
    assert error_of(other)[:2] == (400, "INVALID_ARGUMENT")
