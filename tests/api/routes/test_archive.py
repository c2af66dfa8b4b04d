"""`/result` of a job with several files: a stored ZIP archive, whole and in ranges."""

import base64
import hashlib
import io
import random
import shutil
import socket
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.archive import Archive
from ffremote.depot import keys
from ffremote.depot.local import LocalDepot
from ffremote.files import zip_layout
from ffremote.files.publication import PublishedFile
from ffremote.files.storage import Storage
from ffremote.files.zip_layout import Member, archive_bytes, directory
from ffremote.jobs import store
from tests.support.archives import archive
from tests.support.builders import queue_job
from tests.support.kept_files import files_path
from tests.support.packages import FILES, complete_package

JOBS = "/api/v1/jobs"
Address = tuple[str, int]
LARGE = {**FILES, "träume.ts": random.Random(1).randbytes(3 << 20), "s3.ts": b"x"}


@pytest.fixture
def job(session: Session, storage: Storage) -> str:
    """A completed job with the files of `LARGE`."""
    queue_job(session, storage, output_filename="träume.m3u8")
    return complete_package(session, storage, LARGE)[0].job_id


def expected(session: Session, job_id: str) -> bytes:
    """Return the archive as the worker hashed it."""
    files = [
        PublishedFile(name, len(content), "", zlib.crc32(content), "")
        for name, content in LARGE.items()
    ]
    whole = archive(files, list(LARGE.values()))
    assert hashlib.sha256(whole).hexdigest() == store.find(session, job_id).result_sha256
    return whole


def test_the_archive_has_all_files_in_their_order(
    client: FlaskClient, session: Session, job: str
) -> None:
    response = client.get(f"{JOBS}/{job}/result")

    digest = hashlib.sha256(response.data)
    assert response.data == expected(session, job)
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Length"] == str(len(response.data))
    assert response.headers["ETag"] == f'"{digest.hexdigest()}"'
    sent = base64.b64encode(digest.digest()).decode()
    assert response.headers["Repr-Digest"] == f"sha-256=:{sent}:"
    assert response.headers["Content-Disposition"].endswith("filename*=UTF-8''tr%C3%A4ume.zip")
    with zipfile.ZipFile(io.BytesIO(response.data)) as opened:
        assert opened.testzip() is None
        assert {info.filename: opened.read(info) for info in opened.infolist()} == LARGE
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.compress_type for info in opened.infolist()} == {zipfile.ZIP_STORED}


def test_other_programs_unpack_it(client: FlaskClient, job: str, tmp_path: Path) -> None:
    program = shutil.which("unzip") or shutil.which("bsdtar")
    if program is None:
        pytest.skip("neither unzip nor bsdtar is here")
    path = tmp_path / "a.zip"
    path.write_bytes(client.get(f"{JOBS}/{job}/result").data)
    test = ["-t", path] if program.endswith("unzip") else ["-tf", path]

    subprocess.run([program, *test], check=True, stdout=subprocess.DEVNULL)


def test_any_range_is_that_of_the_whole(client: FlaskClient, session: Session, job: str) -> None:
    whole, draw = expected(session, job), random.Random(7)
    edges = [0, 1, 29, 30, 39, 40, len(whole) - 22, len(whole) - 1]
    ranges = [(draw.choice(edges), draw.randrange(1, len(whole))) for _ in range(20)]
    ranges += [(start, draw.randrange(1, 5000)) for start in draw.sample(range(len(whole)), 40)]

    for start, count in ranges:
        last = start + count - 1
        response = client.get(f"{JOBS}/{job}/result", headers={"Range": f"bytes={start}-{last}"})
        assert response.status_code == 206
        assert response.data == whole[start : last + 1], (start, last)
    suffix = client.get(f"{JOBS}/{job}/result", headers={"Range": "bytes=-100"})
    assert suffix.data == whole[-100:]


def test_a_range_behind_the_archive_is_refused(client: FlaskClient, job: str) -> None:
    response = client.get(f"{JOBS}/{job}/result", headers={"Range": "bytes=99999999-"})

    assert response.status_code == 416


def test_a_changed_archive_is_sent_whole(client: FlaskClient, session: Session, job: str) -> None:
    headers = {"Range": "bytes=5-9", "If-Range": '"another"'}

    assert client.get(f"{JOBS}/{job}/result", headers=headers).data == expected(session, job)


def test_the_server_sends_it_by_the_kernel(
    app: Flask, serve: Callable[..., Address], session: Session, job: str
) -> None:
    host, port = serve(app)
    whole = expected(session, job)
    url = f"http://{host}:{port}{JOBS}/{job}/result"

    assert requests.get(url, timeout=30).content == whole
    for start in (0, 17, 60, len(whole) // 2, len(whole) - 50):
        response = requests.get(url, headers={"Range": f"bytes={start}-"}, timeout=30)
        assert response.content == whole[start:]


def test_a_slow_client_gets_all_of_it(
    app: Flask, serve: Callable[..., Address], session: Session, job: str
) -> None:
    whole, received = expected(session, job), b""
    with socket.create_connection(serve(app)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
        client.settimeout(30)
        request = (
            f"GET {JOBS}/{job}/result HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        client.sendall(request.encode())
        while block := client.recv(10_000):
            received += block

    assert received.partition(b"\r\n\r\n")[2] == whole


def test_a_file_that_is_too_short_breaks_the_connection(
    app: Flask,
    serve: Callable[..., Address],
    session: Session,
    storage: Storage,
    job: str,
) -> None:
    token = str(store.find(session, job).result_token)
    (files_path(storage, job, token) / "3").write_bytes(b"short")
    host, port = serve(app)

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"http://{host}:{port}{JOBS}/{job}/result", timeout=30)


def test_too_many_files_have_no_archive(
    client: FlaskClient, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ffremote.api.job_results.MAX_ARCHIVED", 4)

    response = client.get(f"{JOBS}/{job}/result")

    error = response.get_json()["error"]
    assert (response.status_code, error["code"]) == (409, "TOO_MANY_FILES")
    assert f"/jobs/{job}/files" in error["message"]
    assert error["details"] == {"files": 5}


def test_large_files_and_offsets_have_zip64_fields() -> None:
    members = [Member("a", 5 << 30, 1), Member("b", 3, 2), Member("c", 0xFFFFFFFF, 3)]

    listed = Sparse(members)

    with zipfile.ZipFile(listed) as opened:
        found = [(i.filename, i.file_size, i.header_offset, i.CRC) for i in opened.infolist()]
    first = len(members[0].header) + (5 << 30)
    second = first + len(members[1].header) + 3
    assert found == [("a", 5 << 30, 0, 1), ("b", 3, first, 2), ("c", 0xFFFFFFFF, second, 3)]
    assert struct.unpack_from("<I", members[0].header, 18) == (0xFFFFFFFF,)
    assert members[1].header[4:6] == struct.pack("<H", zip_layout.PLAIN)


class Sparse(io.RawIOBase):
    """An archive of which only the directory can be read."""

    def __init__(self, members: list[Member]) -> None:
        super().__init__()
        self.end = directory(members)
        self.size = archive_bytes(members)
        self.offset = 0

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.offset

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.offset = offset + {0: 0, 1: self.offset, 2: self.size}[whence]
        return self.offset

    def read(self, size: int = -1, /) -> bytes:
        start = self.offset - (self.size - len(self.end))
        found = self.end[start:] if size < 0 else self.end[start : start + size]
        self.offset += len(found)
        return found


def test_an_archive_reads_one_file_at_a_time(tmp_path: Path) -> None:
    files = [PublishedFile(f"{n}.ts", 1000, "", n, "") for n in range(50)]
    folder = keys.files_folder("0f" * 16, "1e" * 16)
    (tmp_path / folder).mkdir(parents=True)
    for number in range(50):
        (tmp_path / keys.file(folder, number)).write_bytes(bytes([number]) * 1000)
    made = Archive(LocalDepot(tmp_path, tmp_path), folder, files)
    before = len(list(Path("/proc/self/fd").iterdir()))

    with made.part(0, made.size) as part:
        most = 0
        while part.read(700):
            most = max(most, len(list(Path("/proc/self/fd").iterdir())))

    assert most - before <= 1
