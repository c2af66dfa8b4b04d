"""tus 1.0.0 by hand: each header of an upload that goes well, and what is on disk after it."""

import json
import socket
from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIApplication

from flask import Flask
from flask.testing import FlaskClient

from ffremote.config import Settings
from ffremote.files.storage import Storage
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


def test_options_tell_what_is_spoken(client: FlaskClient, settings: Settings) -> None:
    answer = client.options(UPLOADS)

    assert answer.status_code == 204
    told = {name: value for name, value in answer.headers if name.startswith("Tus-")}
    assert told == {
        "Tus-Resumable": "1.0.0",
        "Tus-Version": "1.0.0",
        "Tus-Extension": "creation,creation-with-upload,expiration,termination,checksum",
        "Tus-Max-Size": str(settings.max_upload_bytes),
        "Tus-Checksum-Algorithm": "sha256,sha1,md5",
    }


def test_a_file_arrives_in_pieces(client: FlaskClient, storage: Storage) -> None:
    url = begin(client, filename="film.mp4")

    answers = [patch(client, url, at, MEDIA[at : at + 7000]) for at in range(0, len(MEDIA), 7000)]

    assert [answer.status_code for answer in answers] == [204] * 3
    assert [int(answer.headers["Upload-Offset"]) for answer in answers] == [7000, 14000, len(MEDIA)]
    told = client.head(url, headers=TUS)
    assert told.headers["Upload-Length"] == told.headers["Upload-Offset"] == str(len(MEDIA))
    assert told.headers["Upload-Metadata"] == metadata(filename="film.mp4")
    assert told.headers["Cache-Control"] == "no-store"
    document = client.get(url).json
    assert (document["state"], document["sha256"]) == ("complete", SHA)
    assert storage.upload_data(document["upload_id"]).read_bytes() == MEDIA


def test_the_hash_is_right_though_the_server_forgot_it(
    client: FlaskClient, app: Any, storage: Storage
) -> None:
    url = begin(client)
    patch(client, url, 0, MEDIA[:1000])
    app.extensions["ffremote"].digests.__init__()

    patch(client, url, 1000, MEDIA[1000:])

    assert client.get(url).json["sha256"] == SHA


def test_the_first_bytes_may_come_with_the_creation(client: FlaskClient) -> None:
    headers = {**PIECE, "Upload-Length": str(len(MEDIA))}

    answer = client.post(UPLOADS, headers=headers, data=MEDIA[:900])

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "900")
    assert offset_of(client, answer.headers["Location"]) == 900


def test_a_job_in_the_metadata_waits_for_its_bytes(client: FlaskClient) -> None:
    answer = create(client, job=json.dumps({"output_filename": "a.mp4"}))
    status = f"/api/v1/jobs/{answer.json['job_id']}/status"

    before = client.get(status).json
    patch(client, answer.headers["Location"], 0, MEDIA)
    after = client.get(status).json

    seen = ("state", "phase", "queue_position")
    assert [before[name] for name in seen] == ["queued", "uploading", 1]
    assert [after[name] for name in seen] == ["queued", "queued", 1]


def test_a_status_tells_how_much_of_the_film_is_here(client: FlaskClient) -> None:
    answer = create(client, job=json.dumps({"output_filename": "a.mp4"}))
    job = f"/api/v1/jobs/{answer.json['job_id']}"
    patch(client, answer.headers["Location"], 0, MEDIA[:4200])

    arriving = [client.get(path).json["upload"] for path in (f"{job}/status", job)]
    here = client.get(job).json["input"]["bytes_received"]
    patch(client, answer.headers["Location"], 4200, MEDIA[4200:])
    whole = client.get(f"{job}/status").json["upload"]

    told = {"upload_id": answer.json["upload_id"], "bytes": len(MEDIA), "bytes_received": 4200}
    assert arriving == [told | {"percent": 4200 * 100 // len(MEDIA)}] * 2
    assert (here, whole) == (4200, None)


def test_a_cut_piece_is_kept_to_the_byte(serve: Serve, app: Flask, client: FlaskClient) -> None:
    url = begin(client)
    more = ("Content-Type: application/offset+octet-stream", "Upload-Offset: 0")

    with connect(serve(app)) as line:
        line.sendall(head("PATCH", 5000, *more, path=url) + MEDIA[:300])
        line.shutdown(socket.SHUT_WR)
        answer = read_all(line)

    assert answer.startswith(b"HTTP/1.1 409")
    assert b'"offset":300' in answer
    assert offset_of(client, url) == 300


def test_the_last_byte_counts_though_the_server_died_after_it(
    client: FlaskClient, storage: Storage
) -> None:
    unrecorded, unnamed = begin(client), begin(client)
    storage.upload_partial(unnamed.rpartition("/")[2]).write_bytes(MEDIA)
    storage.upload_partial(unrecorded.rpartition("/")[2]).write_bytes(MEDIA)
    storage.finish_upload(unrecorded.rpartition("/")[2])

    for url in (unrecorded, unnamed):
        assert offset_of(client, url) == len(MEDIA)
        assert client.get(url).json["state"] == "arriving"  # to look changes nothing
        assert patch(client, url, len(MEDIA), b"").status_code == 204
        document = client.get(url).json
        assert (document["state"], document["sha256"]) == ("complete", SHA)


def test_a_client_that_knows_only_post_may_say_what_it_means(client: FlaskClient) -> None:
    url = begin(client)

    meant = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    answer = client.post(url, data=MEDIA, headers={**PIECE, **meant})
    other = client.post(url, headers={**TUS, "X-HTTP-Method-Override": "PUT"})

    assert (answer.status_code, offset_of(client, url)) == (204, len(MEDIA))
    assert error_of(other)[:2] == (400, "INVALID_ARGUMENT")
