"""The same requests to every WSGI server: the API relies on none of them."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tusclient.client import TusClient

from ffremote.files.storage import Storage
from tests.support.kept_files import upload_path
from tests.support.multipart import BOUNDARY, file_part, form, job_part
from tests.support.raw_http import connect, head, read_all
from tests.support.server_processes import COMMANDS, Running

JOB = {"output_filename": "out.mp4"}


@pytest.fixture(params=COMMANDS, scope="module")
def server(
    request: pytest.FixtureRequest, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """One server for all tests of this module, since some take seconds to start."""
    data = tmp_path_factory.mktemp(request.param) / "data"
    shutil.copytree(migrated, data)
    environ = os.environ | {"FFREMOTE_DATA_DIR": str(data), "FFREMOTE_MIN_FREE_BYTES": "0"}
    made = Running(request.param, environ, data.parent / "server.log")
    made.start()
    yield made
    made.kill()
    assert "Traceback" not in made.log.read_text(), made.log.read_text()


@pytest.fixture
def storage(server: Running) -> Storage:
    return Storage(server.log.parent / "data")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\x00\x00\x00\x20ftyp" + os.urandom(5 << 20))
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def uploads(storage: Storage) -> set[str]:
    return set(storage.upload_ids())


def test_both_kinds_of_upload_and_the_same_bytes_back(
    server: Running, source: Path, storage: Storage
) -> None:
    api = f"{server.url}/api/v1"
    by_form = submit(api, source)
    with source.open("rb") as stream:
        uploader = TusClient(f"{api}/uploads").uploader(
            file_stream=stream, chunk_size=2 << 20, metadata={"filename": "film.mp4"}
        )
        uploader.upload()

    upload_id = uploader.url.rpartition("/")[2]
    by_upload = requests.post(f"{api}/jobs", json=JOB | {"input": {"upload_id": upload_id}})

    assert (by_form.status_code, by_upload.status_code) == (202, 202), by_form.text
    for response in (by_form, by_upload):
        found = requests.get(f"{api}/jobs/{response.json()['job_id']}").json()["input"]
        assert (found["bytes"], found["sha256"]) == (source.stat().st_size, sha256(source))
        assert upload_path(storage, found["upload_id"]).read_bytes() == source.read_bytes()


def submit(api: str, source: Path) -> requests.Response:
    files = {"file": source.read_bytes()}
    return requests.post(f"{api}/jobs", data={"job": json.dumps(JOB)}, files=files, timeout=30)


def test_errors_are_the_same(server: Running, storage: Storage) -> None:
    before = uploads(storage)
    api = f"{server.url}/api/v1"
    responses = [
        requests.get(f"{api}/nothing"),
        requests.put(f"{api}/jobs", data=b"x"),
        requests.post(f"{api}/jobs", data=b"x", headers={"Content-Type": "text/plain"}),
        requests.post(f"{api}/jobs", **as_requests(form(job_part(video={"crf": "x"})))),
        requests.post(f"{api}/jobs", **as_requests(form(job_part(), file_part(b"text\n" * 99)))),
        requests.patch(f"{api}/uploads/x", data=b"x"),
    ]

    found = [(a.status_code, a.json()["error"]["code"]) for a in responses]

    assert found == [
        (404, "NOT_FOUND"),
        (405, "METHOD_NOT_ALLOWED"),
        (415, "UNSUPPORTED_MEDIA_TYPE"),
        (400, "INVALID_ARGUMENT"),
        (415, "UNSUPPORTED_MEDIA_TYPE"),
        (415, "UNSUPPORTED_MEDIA_TYPE"),
    ]
    assert uploads(storage) == before


def as_requests(made: dict[str, Any]) -> dict[str, Any]:
    return {"data": made["data"], "headers": {"Content-Type": made["content_type"]}}


def test_a_lost_connection_leaves_nothing(server: Running, storage: Storage) -> None:
    before = uploads(storage)
    whole = form(job_part(), file_part(os.urandom(3 << 20)))["data"]
    kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"
    with connect(server.address) as client:
        client.sendall(head("POST", len(whole), kind, path="/api/v1/jobs") + whole[: 2 << 20])
        client.shutdown(socket.SHUT_WR)
        read_all(client)

    assert uploads(storage) == before


def test_a_download_and_its_ranges(server: Running, source: Path, storage: Storage) -> None:
    """The log is sent like a result and needs no worker."""
    api = f"{server.url}/api/v1"
    job_id = submit(api, source).json()["job_id"]
    token = "a" * 32
    storage.job_dir(job_id).mkdir()
    storage.log(job_id, token).write_bytes(source.read_bytes())
    write_log(storage, job_id, token)

    data = source.read_bytes()
    for header, expected in (
        (None, data),
        ("bytes=0-0", data[:1]),
        ("bytes=1000000-", data[1000000:]),
        ("bytes=5-3000000", data[5:3000001]),
        ("bytes=-7", data[-7:]),
    ):
        got = requests.get(f"{api}/jobs/{job_id}/log", headers={"Range": header} if header else {})

        assert got.status_code == (206 if header else 200)
        assert got.content == expected
    head = requests.head(f"{api}/jobs/{job_id}/log").headers
    assert re.fullmatch(str(len(data)), head["Content-Length"])


def write_log(storage: Storage, job_id: str, token: str) -> None:
    with contextlib.closing(sqlite3.connect(storage.root / "ffremote.db")) as database, database:
        database.execute("UPDATE jobs SET log_token = ? WHERE id = ?", (token, job_id))
