"""Stalled clients: each is disconnected, and keeps its received bytes if it can resume."""

from collections.abc import Callable
from wsgiref.types import WSGIApplication

import pytest
import requests
from flask import Flask

from ffremote.api.ingest import socket_body
from ffremote.api.waitress_server import parser
from ffremote.files.storage import Storage
from tests.support.multipart import BOUNDARY, MEDIA
from tests.support.raw_http import connect, head, read_all, read_until

Serve = Callable[[WSGIApplication], tuple[str, int]]


def test_headers_that_never_end(serve: Serve, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "HEADER_SECONDS", 0.2)

    with connect(serve(app)) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nX: ")

        assert read_all(client) == b""


def test_a_small_body_that_never_ends(
    serve: Serve, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parser, "SMALL_BODY_SECONDS", 0.2)

    with connect(serve(app)) as client:
        client.sendall(head("POST", 100, path="/api/v1/jobs") + b"{")

        assert read_all(client) == b""


def test_a_stalled_chunk_is_kept_and_its_lock_released(
    serve: Serve, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parser, "IDLE_PATCH_SECONDS", 0.2)
    address = serve(app)
    base = "http://{}:{}".format(*address)
    made = requests.post(f"{base}/api/v1/uploads", headers={"Upload-Length": str(len(MEDIA))})
    path = made.headers["Location"]
    kind = "Content-Type: application/offset+octet-stream"

    with connect(address) as client:
        client.sendall(head("PATCH", len(MEDIA), kind, "Upload-Offset: 0", path=path))
        client.sendall(MEDIA[:5000])
        assert read_all(client).startswith(b"HTTP/1.1 409")

    headers = {"Upload-Offset": "5000", "Content-Type": kind.split()[1]}
    rest = requests.patch(base + path, data=MEDIA[5000:], headers=headers)
    assert rest.status_code == 204


def test_a_form_that_trickles_is_cut_and_leaves_nothing(
    serve: Serve, app: Flask, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_body, "WINDOW_SECONDS", 0.0)
    kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"

    with connect(serve(app)) as client:
        expect = "Expect: 100-continue"
        client.sendall(head("POST", 2 << 20, kind, expect, path="/api/v1/jobs"))
        read_until(client, b"100 Continue\r\n\r\n")
        client.sendall(b"--")

        assert read_all(client).startswith(b"HTTP/1.1 400")
    assert list(storage.upload_ids()) == []
