"""Malformed requests to the real server: each gets an error, and nothing is left."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from ffremote.api.access.auth import new_token
from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.files.storage import Storage
from tests.support.multipart import BOUNDARY, MEDIA, Part, form, job_part
from tests.support.raw_http import connect, error_of, head, read_all, read_until

UPLOADS = "/api/v1/uploads"
JOBS = "/api/v1/jobs"
PIECE = "application/offset+octet-stream"
HUGE = 19 << 30
Serve = Callable[[WSGIApplication], tuple[str, int]]


def begin(client: FlaskClient, size: int = len(MEDIA)) -> str:
    response = client.post(UPLOADS, headers={"Upload-Length": str(size)})
    return str(response.headers["Location"])


def patch(client: FlaskClient, url: str, offset: str | None, data: bytes = b"x") -> Any:
    headers = {"Content-Type": PIECE} | ({} if offset is None else {"Upload-Offset": offset})
    return client.patch(url, data=data, headers=headers)


def offset_of(client: FlaskClient, url: str) -> str:
    return str(client.head(url).headers["Upload-Offset"])


@pytest.mark.parametrize("offset", [None, "", "-1", "+1", "1e3", "0x0", " 1 2", "9" * 40, "٣"])
def test_an_offset_that_is_not_a_number_is_refused(client: FlaskClient, offset: str | None) -> None:
    url = begin(client)

    response = patch(client, url, offset)

    error = response.json["error"]
    found = (response.status_code, error["code"], error["details"]["field"])
    assert found == (400, "INVALID_ARGUMENT", "Upload-Offset")
    assert offset_of(client, url) == "0"


@pytest.mark.parametrize(
    ("headers", "data", "status"),
    [
        ({"Upload-Length": "9"}, MEDIA, 413),
        ({"Upload-Length": "99999", "Upload-Checksum": "crc32 YQ=="}, MEDIA, 400),
        ({"Upload-Length": "99999", "Upload-Checksum": "sha1 !"}, MEDIA, 400),
        ({"Upload-Length": "99999"}, b"text\n" * 500, 415),
    ],
)
def test_a_wrong_first_chunk_leaves_no_upload(
    client: FlaskClient, storage: Storage, headers: dict[str, str], data: bytes, status: int
) -> None:
    response = client.post(UPLOADS, data=data, headers={"Content-Type": PIECE, **headers})

    assert response.status_code == status, response.json
    assert list(storage.upload_ids()) == []


NAMES = {
    "../../../etc/passwd": "passwd",
    "/etc/passwd": "passwd",
    "..\\..\\boot.ini": "..\\..\\boot.ini",
    "a\x00b.mp4": "ab.mp4",
    "\x1b[2J.mp4": "[2J.mp4",
    "x" * 5000: "x" * 255,
    "-i.mp4": "-i.mp4",
    "file:/etc/passwd": "passwd",
    "con": "con",
    "ü/ß\u202e4pm.mp4": "ß4pm.mp4",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_stored_as_a_label_and_never_used_as_a_path(
    client: FlaskClient, storage: Storage, tmp_path: Path, name: str
) -> None:
    before = files_of(tmp_path, storage)

    made = client.post(
        UPLOADS,
        headers={"Upload-Length": str(len(MEDIA)), "Upload-Metadata": f"filename {encoded(name)}"},
    )
    patch(client, made.headers["Location"], "0", MEDIA)
    sent = form(job_part(), Part("file", MEDIA, name[:400].replace("\x00", "")))
    posted = client.post(JOBS, **sent)

    assert (made.status_code, posted.status_code) == (201, 202), posted.json
    assert client.get(made.headers["Location"]).json["filename"] == NAMES[name]
    ids = set(storage.upload_ids())
    assert {path.name for path in storage.uploads.iterdir()} == ids
    assert files_of(tmp_path, storage) == before


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def files_of(folder: Path, storage: Storage) -> set[Path]:
    """Return all files but those of uploads, of SQLite and the name of the place."""
    return {
        path
        for path in folder.rglob("*")
        if not path.is_relative_to(storage.uploads)
        and "ffremote.db" not in path.name
        and path != storage.run / "place"
    }


@pytest.mark.parametrize(
    "upload_id", ["..", "%2e%2e%2fjobs", "%00", "A" * 36, "00000000-0000-4000-8000-00000000000G"]
)
def test_a_malformed_id_is_not_found(client: FlaskClient, upload_id: str) -> None:
    for method in ("GET", "HEAD", "PATCH", "DELETE"):
        response = client.open(
            f"{UPLOADS}/{upload_id}",
            method=method,
            headers={"Content-Type": PIECE, "Upload-Offset": "0"},
        )

        assert response.status_code == 404


def test_the_id_of_a_job_is_not_an_upload(client: FlaskClient) -> None:
    sent = form(job_part(), Part("file", MEDIA, "a.mp4"))
    job_id = client.post(JOBS, **sent).json["job_id"]

    for url in (f"{UPLOADS}/{job_id}", f"{UPLOADS}/{job_id.upper()}"):
        assert client.get(url).status_code == 404
        assert client.delete(url).status_code == 404


def test_bytes_past_the_announced_length_are_not_part_of_the_upload(
    serve: Serve, app: Flask, client: FlaskClient
) -> None:
    url = begin(client)
    request = head("PATCH", 500, f"Content-Type: {PIECE}", "Upload-Offset: 0", path=url)

    with connect(serve(app)) as line:
        line.sendall(request + MEDIA[:500] + b"and some more\r\n\r\n")
        response = read_all(line)

    assert response.startswith(b"HTTP/1.1 204")
    assert b"HTTP/1.0 400 Bad Request" in response
    assert offset_of(client, url) == "500"


SECRET, ENTRY = new_token("a")
TOKEN = f"Authorization: Bearer {SECRET}"
FORM = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"
TUS = (f"Content-Type: {PIECE}", "Upload-Offset: 0")

EARLY: dict[str, tuple[str, str, tuple[str, ...], int, str]] = {
    "form without a token": ("POST", JOBS, (FORM,), 401, "UNAUTHORIZED"),
    "piece without a token": ("PATCH", "{upload}", TUS, 401, "UNAUTHORIZED"),
    "form of a foreign page": (
        *("POST", JOBS, (TOKEN, FORM, "Origin: https://evil.example"), 403, "FORBIDDEN"),
    ),
    "piece of a foreign page": (
        *("PATCH", "{upload}", (TOKEN, *TUS, "Origin: null"), 403, "FORBIDDEN"),
    ),
    "no form": ("POST", JOBS, (TOKEN, "Content-Type: video/mp4"), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "no piece": ("PATCH", "{upload}", (TOKEN, "Upload-Offset: 0"), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "too long a piece": ("PATCH", "{upload}", (TOKEN, *TUS), 413, "FILE_TOO_LARGE"),
    "unknown upload": ("PATCH", f"{UPLOADS}/x", (TOKEN, *TUS), 404, "UPLOAD_NOT_FOUND"),
    "wrong offset": (
        *("PATCH", "{huge}", (TOKEN, TUS[0], "Upload-Offset: 7"), 409, "UPLOAD_CONFLICT"),
    ),
    "wrong checksum": (
        *("PATCH", "{huge}", (TOKEN, *TUS, "Upload-Checksum: x y"), 400, "INVALID_ARGUMENT"),
    ),
    "no such path": ("POST", "/api/v1/nothing", (TOKEN,), 404, "NOT_FOUND"),
    "no such method": ("PUT", JOBS, (TOKEN,), 405, "METHOD_NOT_ALLOWED"),
}


@pytest.fixture
def guarded(serve: Serve, settings: Settings) -> Iterator[tuple[tuple[str, int], dict[str, str]]]:
    """A server with a token, and the paths of two of its uploads."""
    app = create_app(settings.model_copy(update={"tokens": ENTRY}))
    made = app.test_client()
    bearer = {"Authorization": f"Bearer {SECRET}"}
    paths = {
        name: str(
            made.post(UPLOADS, headers={**bearer, "Upload-Length": str(size)}).headers["Location"]
        )
        for name, size in (("upload", 1000), ("huge", HUGE + 7))
    }
    yield serve(app), paths


def test_an_error_is_sent_before_the_body(
    guarded: tuple[tuple[str, int], dict[str, str]],
) -> None:
    """None of the nineteen gigabytes is sent or requested."""
    address, paths = guarded
    for case, (method, path, headers, status, code) in EARLY.items():
        for more in (headers, (*headers, "Expect: 100-continue")):
            with connect(address) as line:
                line.sendall(head(method, HUGE, *more, path=path.format(**paths)))
                response = read_all(line)

            message, error = error_of(response)
            assert (case, message.split()[1], error["code"]) == (case, str(status), code)


def test_a_full_disk_and_a_full_queue_are_reported_before_the_body(
    serve: Serve, settings: Settings
) -> None:
    full = create_app(settings.model_copy(update={"min_free_bytes": 1 << 60}))
    address = serve(full)

    with connect(address) as line:
        line.sendall(head("POST", HUGE, FORM, path=JOBS))
        status, error = error_of(read_all(line))

    assert (status.split()[1], error["code"]) == ("507", "INSUFFICIENT_STORAGE")


def test_many_clients_with_endless_headers_delay_no_other(serve: Serve, app: Flask) -> None:
    address = serve(app)
    with ExitStack() as slow:
        for _ in range(300):
            slow.enter_context(connect(address)).sendall(b"GET /healthz HTTP/1.1\r\nX: ")

        with connect(address) as line:
            line.settimeout(2)
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")

            assert b'"ok"' in read_until(line, b"}")


def test_fifty_slow_uploads_do_not_delay_status_requests(
    serve: Serve, app: Flask, client: FlaskClient, storage: Storage
) -> None:
    address = serve(app)
    job = {"output_filename": "a.mp4"}
    made = client.post(
        UPLOADS,
        headers={
            "Upload-Length": str(HUGE),
            "Upload-Metadata": f"job {encoded(json.dumps(job))}",
        },
    )
    url = "http://{}:{}{}/{}/status".format(*address, JOBS, made.json["job_id"])
    with ExitStack() as slow:
        for _ in range(50):
            path = begin(client, 5 << 20)
            line = slow.enter_context(connect(address))
            line.sendall(head("PATCH", 5 << 20, *TUS, path=path) + MEDIA[:600])

        with requests.Session() as session:
            # None of the uploads ends: a response that waited for one would never be sent.
            # `./run bench transfers` measures how fast they are.
            statuses = [session.get(url, timeout=60).status_code for _ in range(40)]

    assert set(statuses) == {200}
