"""File responses: ranges, conditions and names; and the same bytes through a real server."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from wsgiref.types import WSGIApplication

import pytest
from flask import Flask, Response

from ffremote.api.byte_range import RangeNotSatisfiable, parse_range
from ffremote.api.file_response import (
    Download,
    ScratchFile,
    disposition,
    send,
)
from tests.support.raw_http import connect, read_all

TAG = '"abc"'


@pytest.mark.parametrize(
    ("header", "if_range", "expected"),
    [
        (None, None, None),
        ("bytes=0-0", None, (0, 1)),
        ("bytes=10-", None, (10, 100)),
        ("bytes=10-19", None, (10, 20)),
        ("bytes=10-1000", None, (10, 100)),
        ("bytes=-5", None, (95, 100)),
        ("bytes=-500", None, (0, 100)),
        ("Bytes = 1-2", None, (1, 3)),
        ("bytes=5-4", None, None),
        ("bytes=-", None, None),
        ("bytes=1-2,4-5", None, None),
        ("lines=1-2", None, None),
        ("bytes=a-b", None, None),
        ("bytes=10-", TAG, (10, 100)),
        ("bytes=10-", '"old"', None),
        ("bytes=10-", f"W/{TAG}", None),
        ("bytes=10-", "Wed, 21 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_a_range_header_selects_these_bytes(
    header: str | None, if_range: str | None, expected: tuple[int, int] | None
) -> None:
    assert parse_range(header, if_range, TAG, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_past_the_end_is_not_satisfiable(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse_range(header, None, TAG, 100)


def test_the_name_of_a_download_is_harmless() -> None:
    names = ["a.mp4", "a b.mp4", 'a"b\\c.mp4', "ä\r\nX: y.mp4", "50%.mp4"]

    assert [disposition("attachment", name) for name in names] == [
        'attachment; filename="a.mp4"',
        'attachment; filename="a b.mp4"',
        "attachment; filename=\"a_b_c.mp4\"; filename*=UTF-8''a%22b%5Cc.mp4",
        "attachment; filename=\"___X: y.mp4\"; filename*=UTF-8''%C3%A4%0D%0AX%3A%20y.mp4",
        "attachment; filename=\"50_.mp4\"; filename*=UTF-8''50%25.mp4",
    ]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(os.urandom((5 << 20) + 7))
    return path


@pytest.fixture
def sender(data: Path) -> Flask:
    """An app with one file at `/`."""
    app = Flask("sender")
    digest = hashlib.sha256(data.read_bytes()).hexdigest()

    @app.get("/")
    def file() -> Response:
        return send(Download(ScratchFile(data), "video/mp4", digest, "a.mp4"))

    return app


def test_an_unchanged_file_is_not_sent_again(sender: Flask) -> None:
    client = sender.test_client()
    etag = client.get("/").headers["ETag"]

    for tags in (etag, f'"x", {etag}', f"W/{etag}"):
        response = client.get("/", headers={"If-None-Match": tags})

        assert (response.status_code, response.data) == (304, b"")
        assert response.headers["ETag"] == etag


def test_head_returns_the_headers_without_the_bytes(sender: Flask, data: Path) -> None:
    client = sender.test_client()

    response = client.head("/")

    whole = client.get("/")
    assert response.data == b""
    assert dict(response.headers) == dict(whole.headers)
    assert whole.headers["Content-Length"] == str(data.stat().st_size)
    assert whole.headers["Repr-Digest"].startswith("sha-256=:")


RANGES = [None, "bytes=0-0", "bytes=1000000-", "bytes=4000000-4999999", "bytes=-12345"]


@pytest.mark.parametrize("header", RANGES)
def test_a_real_server_sends_the_same_bytes(
    serve: Callable[[WSGIApplication], tuple[str, int]],
    sender: Flask,
    data: Path,
    header: str | None,
) -> None:
    whole = data.read_bytes()
    start, stop = parse_range(header, None, None, len(whole)) or (0, len(whole))
    range_line = f"Range: {header}\r\n" if header else ""

    with connect(serve(sender)) as client:
        client.sendall(f"GET / HTTP/1.1\r\nConnection: close\r\n{range_line}\r\n".encode())
        headers, _, body = read_all(client).partition(b"\r\n\r\n")

    assert headers.startswith(b"HTTP/1.1 206" if header else b"HTTP/1.1 200")
    assert body == whole[start:stop]


def test_a_file_that_shrinks_ends_the_connection(
    serve: Callable[[WSGIApplication], tuple[str, int]], tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(64 << 20))
    app = Flask("sender")
    app.add_url_rule("/", view_func=lambda: send(Download(ScratchFile(path), "video/mp4")))

    with connect(serve(app)) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        client.recv(1000)
        os.truncate(path, 1 << 20)

        assert len(read_all(client)) < 64 << 20
