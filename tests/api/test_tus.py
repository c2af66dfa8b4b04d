"""tus 1.0.0 by hand: each header, each refusal, and what is left on disk after it."""

import base64
import fcntl
import hashlib
import json
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from wsgiref.types import WSGIApplication

import pytest
from flask import Flask
from flask.testing import FlaskClient
from forms import MEDIA, file_part, form, job_part
from rawhttp import connect, head, read_all
from sqlalchemy.orm import Session

from ffremote import registry, retention
from ffremote.api.app import create_app
from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.storage import Storage

UPLOADS = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
SHA = hashlib.sha256(MEDIA).hexdigest()
Serve = Callable[[WSGIApplication], tuple[str, int]]
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def metadata(**values: str) -> str:
    pairs = (f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in values.items())
    return ",".join(pairs)


def create(client: FlaskClient, size: int = len(MEDIA), **values: str) -> Any:
    headers = {**TUS, "Upload-Length": str(size)}
    if values:
        headers["Upload-Metadata"] = metadata(**values)
    return client.post(UPLOADS, headers=headers)


def begin(client: FlaskClient, **values: str) -> str:
    answer = create(client, **values)
    assert answer.status_code == 201, answer.json
    return str(answer.headers["Location"])


def patch(client: FlaskClient, url: str, offset: int, data: bytes, **headers: str) -> Any:
    return client.patch(url, data=data, headers={**PIECE, "Upload-Offset": str(offset), **headers})


def offset_of(client: FlaskClient, url: str) -> int:
    return int(client.head(url, headers=TUS).headers["Upload-Offset"])


def error_of(answer: Any) -> tuple[int, str, str | None]:
    error = answer.json["error"]
    return answer.status_code, error["code"], error["details"].get("field")


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


def test_a_wrong_job_is_refused_before_any_byte(client: FlaskClient, storage: Storage) -> None:
    answer = create(client, job=json.dumps({"output_filename": "a.mp4", "video": {"crf": 99}}))

    assert error_of(answer) == (400, "INVALID_ARGUMENT", "video.crf")
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
        ({"Upload-Metadata": "filename /w=="}, 400, "INVALID_ARGUMENT", "Upload-Metadata"),
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

    answer = client.post(UPLOADS, headers={**TUS, **length, **headers})

    assert error_of(answer) == (status, code, field)
    assert list(storage.upload_ids()) == []


def test_no_room_is_said_before_any_byte(app: Any, storage: Storage, settings: Settings) -> None:
    full = create_app(settings.model_copy(update={"min_free_bytes": 1 << 60}))

    answer = create(full.test_client())

    assert error_of(answer)[:2] == (507, "INSUFFICIENT_STORAGE")
    assert answer.json["error"]["details"]["reserve_bytes"] == 1 << 60
    assert list(storage.upload_ids()) == []


def test_a_wrong_place_is_a_conflict_that_tells_the_right_one(client: FlaskClient) -> None:
    url = begin(client)
    patch(client, url, 0, MEDIA[:100])

    for wrong in (0, 99, 101, len(MEDIA)):
        answer = patch(client, url, wrong, b"")

        assert error_of(answer)[:2] == (409, "UPLOAD_CONFLICT")
        assert answer.json["error"]["details"]["offset"] == 100
    assert offset_of(client, url) == 100


def test_more_bytes_than_announced_are_not_taken(client: FlaskClient) -> None:
    url = begin(client)

    assert error_of(patch(client, url, 0, MEDIA + b"x"))[:2] == (413, "FILE_TOO_LARGE")
    assert offset_of(client, url) == 0
    patch(client, url, 0, MEDIA)
    assert error_of(patch(client, url, len(MEDIA), b"x"))[:2] == (413, "FILE_TOO_LARGE")
    assert patch(client, url, len(MEDIA), b"").status_code == 204
    assert error_of(patch(client, url, 0, b"x"))[:2] == (409, "UPLOAD_CONFLICT")


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


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_checksum_vouches_for_its_piece(client: FlaskClient, algorithm: str) -> None:
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
    answer = patch(client, begin(client), 0, MEDIA[:10], **{"Upload-Checksum": header})

    assert answer.status_code in (400, 460)
    assert error_of(answer)[1:] == ("INVALID_ARGUMENT", "Upload-Checksum")


def test_a_file_that_is_not_the_announced_one_goes(client: FlaskClient, storage: Storage) -> None:
    url = begin(client, sha256="0" * 64)

    answer = patch(client, url, 0, MEDIA)

    assert error_of(answer) == (460, "INVALID_ARGUMENT", "Upload-Metadata")
    assert client.head(url).status_code == 404
    assert list(storage.upload_ids()) == []


def test_text_is_refused_with_its_first_bytes(client: FlaskClient, storage: Storage) -> None:
    answer = create(client, 10_000, job=json.dumps({"output_filename": "a.mp4"}))

    refused = patch(client, answer.headers["Location"], 0, b"text\n" * 200)

    assert error_of(refused) == (415, "UNSUPPORTED_MEDIA_TYPE", "file")
    assert list(storage.upload_ids()) == []
    status = client.get(f"/api/v1/jobs/{answer.json['job_id']}/status").json
    assert (status["state"], status["error"]["details"]["reason"]) == (
        "failed",
        "upload_abandoned",
    )


def test_a_piece_has_its_own_type(client: FlaskClient) -> None:
    url = begin(client)

    for kind in ("application/octet-stream", "", "text/plain"):
        answer = patch(client, url, 0, b"x", **{"Content-Type": kind})

        assert error_of(answer) == (415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type")


def test_two_writers_at_once_are_one_too_many(client: FlaskClient, storage: Storage) -> None:
    url = begin(client)
    with storage.upload_partial(url.rpartition("/")[2]).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        answer = patch(client, url, 0, MEDIA)

    assert error_of(answer)[:2] == (423, "UPLOAD_CONFLICT")
    assert offset_of(client, url) == 0
    assert patch(client, url, 0, MEDIA).status_code == 204


def test_an_upload_that_is_given_up_leaves_nothing(client: FlaskClient, storage: Storage) -> None:
    answer = create(client, job=json.dumps({"output_filename": "a.mp4"}))
    url = answer.headers["Location"]
    patch(client, url, 0, MEDIA[:700])

    assert client.delete(url, headers=TUS).status_code == 204

    assert list(storage.upload_ids()) == []
    for again in (client.delete(url), patch(client, url, 700, b"x"), client.get(url)):
        assert error_of(again)[:2] == (404, "UPLOAD_NOT_FOUND")
    status = client.get(f"/api/v1/jobs/{answer.json['job_id']}/status").json
    assert status["error"]["details"]["reason"] == "upload_abandoned"


def test_an_upload_that_a_job_waits_with_cannot_be_given_up(client: FlaskClient) -> None:
    url = begin(client)
    patch(client, url, 0, MEDIA)
    upload_id = url.rpartition("/")[2]
    job = {"output_filename": "a.mp4", "input": {"upload_id": upload_id}}
    job_id = client.post("/api/v1/jobs", json=job).json["job_id"]

    assert error_of(client.delete(url))[:2] == (409, "UPLOAD_CONFLICT")
    client.delete(f"/api/v1/jobs/{job_id}")
    assert client.delete(url).status_code == 204


def test_an_upload_past_its_time_is_gone(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    url = begin(client)
    upload_id = url.rpartition("/")[2]
    registry.keep_upload(session, upload_id, expires_at=utc_now() - timedelta(seconds=1))

    retention.expire_uploads(session, storage)

    for answer in (client.get(url), patch(client, url, 0, MEDIA)):
        assert error_of(answer)[:2] == (404, "UPLOAD_NOT_FOUND")
    assert list(storage.upload_ids()) == []


@pytest.mark.parametrize("upload_id", [UNKNOWN, "x", "..", "a" * 300])
def test_an_unknown_upload_is_not_found_by_any_call(client: FlaskClient, upload_id: str) -> None:
    url = f"{UPLOADS}/{upload_id}"

    assert client.head(url).status_code == 404
    for answer in (client.get(url), patch(client, url, 0, b"x"), client.delete(url)):
        assert error_of(answer)[:2] == (404, "UPLOAD_NOT_FOUND")


def test_the_last_byte_counts_though_the_server_died_after_it(
    client: FlaskClient, storage: Storage
) -> None:
    unrecorded, unnamed = begin(client), begin(client)
    storage.upload_partial(unnamed.rpartition("/")[2]).write_bytes(MEDIA)
    storage.upload_partial(unrecorded.rpartition("/")[2]).write_bytes(MEDIA)
    storage.finish_upload(unrecorded.rpartition("/")[2])

    for url in (unrecorded, unnamed):
        assert offset_of(client, url) == len(MEDIA)
        document = client.get(url).json
        assert (document["state"], document["sha256"]) == ("complete", SHA)


def test_a_client_that_knows_only_post_may_say_what_it_means(client: FlaskClient) -> None:
    url = begin(client)

    meant = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    answer = client.post(url, data=MEDIA, headers={**PIECE, **meant})
    other = client.post(url, headers={**TUS, "X-HTTP-Method-Override": "PUT"})

    assert (answer.status_code, offset_of(client, url)) == (204, len(MEDIA))
    assert error_of(other)[:2] == (405, "METHOD_NOT_ALLOWED")


def test_bytes_that_are_here_can_be_found_and_used_again(client: FlaskClient) -> None:
    asked = {"sha256": SHA, "bytes": str(len(MEDIA))}
    assert error_of(client.get(UPLOADS, query_string=asked))[:2] == (404, "UPLOAD_NOT_FOUND")
    client.post("/api/v1/jobs", **form(job_part(), file_part()))

    found = client.get(UPLOADS, query_string=asked).json

    job = {"output_filename": "b.mp4", "input": {"upload_id": found["upload_id"]}}
    assert client.post("/api/v1/jobs", json=job).status_code == 202
    for wrong in ({}, {"sha256": "x"}, {"sha256": SHA}, {"sha256": SHA, "bytes": "x"}):
        assert client.get(UPLOADS, query_string=wrong).status_code == 400


def test_the_same_bytes_are_on_the_disk_once(client: FlaskClient, storage: Storage) -> None:
    for _ in range(2):
        client.post("/api/v1/jobs", **form(job_part(), file_part()))
        patch(client, begin(client), 0, MEDIA)

    files = {storage.upload_data(upload_id).stat().st_ino for upload_id in storage.upload_ids()}

    assert (len(list(storage.upload_ids())), len(files)) == (4, 1)


def test_the_same_key_opens_one_upload(client: FlaskClient, storage: Storage) -> None:
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
