"""The waitress channel on a real socket: bodies are streamed, refused, kept open or cut."""

import contextlib
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import WSGIApplication

import pytest
from flask import Flask

from ffremote.api.access.auth import new_token
from ffremote.api.access.guard import AccessPolicy
from ffremote.api.waitress_server import server
from ffremote.api.waitress_server.server import can_stream
from ffremote.config import Settings
from ffremote.errors import ConfigurationError
from tests.support.raw_http import connect, error_of, head, read_all, read_until

MIB = 1 << 20
Serve = Callable[[WSGIApplication], tuple[str, int]]


def echo_size(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Read the whole body; answer with its length."""
    body = str(consume(environ)).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def no_content(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Read the whole body; answer 204."""
    consume(environ)
    start_response("204 No Content", [])
    return []


def refuse(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer without reading the body."""
    start_response("422 Unprocessable Entity", [("Content-Length", "2")])
    return [b"no"]


def consume(environ: dict[str, Any]) -> int:
    length, size = int(environ.get("CONTENT_LENGTH") or 0), 0
    while size < length and (block := environ["wsgi.input"].read(min(MIB, length - size))):
        size += len(block)
    return size


def send_until_refused(client: socket.socket) -> None:
    with contextlib.suppress(OSError):
        for _ in range(20):
            client.sendall(bytes(MIB))


def test_a_large_body_reaches_the_app_whole_and_the_connection_stays(serve: Serve) -> None:
    with connect(serve(echo_size)) as client:
        for size in (3 * MIB, 10, MIB, 0, 2 * MIB + 1):
            client.sendall(head("PUT", size) + bytes(size))

            response = read_until(client, f"\r\n\r\n{size}".encode())

            assert response.startswith(b"HTTP/1.1 200 OK")
            assert b"close" not in response.lower()


def test_the_app_may_refuse_before_the_body(serve: Serve) -> None:
    with connect(serve(refuse)) as client:
        client.sendall(head("PUT", 20 << 30))

        response = read_all(client)

    assert response.startswith(b"HTTP/1.1 422")
    assert b"Connection: close" in response
    assert response.endswith(b"\r\n\r\nno")


def test_an_error_can_be_read_while_the_client_still_sends(serve: Serve) -> None:
    with connect(serve(refuse)) as client:
        client.sendall(head("PUT", 20 << 30))
        sender = threading.Thread(target=send_until_refused, args=(client,))
        sender.start()

        response = read_all(client)

        sender.join(10)
    assert response.endswith(b"no")


def test_100_continue_is_sent_only_when_the_app_reads(serve: Serve) -> None:
    expecting = head("PUT", 5 * MIB, "Expect: 100-continue")

    with connect(serve(refuse)) as client:
        client.sendall(expecting)
        assert read_all(client).startswith(b"HTTP/1.1 422")

    with connect(serve(echo_size)) as client:
        client.sendall(expecting)
        assert read_until(client, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(bytes(5 * MIB))
        assert read_until(client, str(5 * MIB).encode()).startswith(b"HTTP/1.1 200 OK")


def test_a_204_keeps_the_connection(serve: Serve) -> None:
    with connect(serve(no_content)) as client:
        for _ in range(3):
            client.sendall(head("PATCH", 100) + bytes(100))
            assert read_until(client, b"\r\n\r\n").startswith(b"HTTP/1.1 204 No Content")


def test_a_204_closes_when_the_client_asks_for_it(serve: Serve) -> None:
    with connect(serve(no_content)) as client:
        client.sendall(head("PATCH", 100, "Connection: close") + bytes(100))

        assert b"Connection: close" in read_all(client)


def test_every_byte_of_a_cut_patch_is_received(serve: Serve) -> None:
    seen: list[bytes] = []
    ended = threading.Event()

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            while block := environ["wsgi.input"].read(MIB):
                seen.append(block)
        except ConnectionError:
            ended.set()
            raise
        return []

    with connect(serve(app)) as client:
        client.sendall(head("PATCH", 1000) + b"a" * 300)
        client.sendall(b"b" * 99)

    assert ended.wait(10)
    assert b"".join(seen) == b"a" * 300 + b"b" * 99


def test_requests_that_share_packets_are_all_answered_in_order(serve: Serve) -> None:
    with connect(serve(echo_size)) as client:
        client.sendall(head("PUT", 3) + b"abc" + head("PATCH", 4) + b"ab")
        client.sendall(b"cd" + head("PUT", 5) + b"12345")

        response = b""
        while response.count(b"200 OK") < 3 or not response.endswith(b"\r\n\r\n5"):
            response += client.recv(1 << 16)

    bodies = [part.rpartition(b"\r\n\r\n")[2] for part in response.split(b"HTTP/1.1 ")[1:]]
    assert bodies == [b"3", b"4", b"5"]


def test_errors_of_the_server_itself_are_error_documents(serve: Serve) -> None:
    address = serve(echo_size)
    chunked = b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
    cases = {
        chunked: ("HTTP/1.1 411 Length Required", "INVALID_ARGUMENT"),
        b"PUT / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n": (
            "HTTP/1.1 501 Not Implemented",
            "INVALID_ARGUMENT",
        ),
        head("PUT", -5): ("HTTP/1.1 400 Bad Request", "INVALID_ARGUMENT"),
        head("PUT", int("9" * 4000)): ("HTTP/1.1 413 Request Entity Too Large", "FILE_TOO_LARGE"),
        b"PUT / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n": (
            "HTTP/1.1 400 Bad Request",
            "INVALID_ARGUMENT",
        ),
        b"GET http://[/ HTTP/1.1\r\nHost: localhost\r\n\r\n": (
            "HTTP/1.1 400 Bad Request",
            "INVALID_ARGUMENT",
        ),
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n": (
            "HTTP/1.0 505 HTTP Version Not Supported",
            "INVALID_ARGUMENT",
        ),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": (
            "HTTP/1.0 505 HTTP Version Not Supported",
            "INVALID_ARGUMENT",
        ),
        b"GET /\r\n\r\n": ("HTTP/1.0 505 HTTP Version Not Supported", "INVALID_ARGUMENT"),
        b"PUT / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n"
        b"Content-Length: 4\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.0\r\n\r\n": (
            "HTTP/1.0 400 Bad Request",
            "INVALID_ARGUMENT",
        ),
        head("PUT", 1 << 50): ("HTTP/1.1 413 Request Entity Too Large", "FILE_TOO_LARGE"),
        b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n": (
            "HTTP/1.0 431 Request Header Fields Too Large",
            "INVALID_ARGUMENT",
        ),
        b"nonsense\r\n\r\n": ("HTTP/1.0 400 Bad Request", "INVALID_ARGUMENT"),
    }
    for request, expected in cases.items():
        with connect(address) as client:
            client.sendall(request)
            status, error = error_of(read_all(client))

        assert (status, error["code"]) == expected


def test_slow_uploads_use_their_own_threads(serve: Serve) -> None:
    address = serve(echo_size)
    with contextlib.ExitStack() as slow:
        for _ in range(50):
            slow.enter_context(connect(address)).sendall(head("PUT", 5 * MIB) + b"x")

        with connect(address) as client:
            client.sendall(head("PUT", 1) + b"x")
            response = read_until(client, b"\r\n\r\n1")

    assert response.startswith(b"HTTP/1.1 200 OK")


def test_an_upload_without_a_free_thread_is_told_to_retry(serve: Serve) -> None:
    address = serve(echo_size)
    with contextlib.ExitStack() as slow:
        for _ in range(64):
            client = slow.enter_context(connect(address))
            client.sendall(head("PUT", 5 * MIB, "Expect: 100-continue"))
            read_until(client, b"100 Continue\r\n\r\n")

        with connect(address) as client:
            client.sendall(head("PUT", 5 * MIB))
            response = read_all(client)

    status, error = error_of(response)
    assert (status, error["code"]) == ("HTTP/1.1 503 Service Unavailable", "SERVICE_UNAVAILABLE")
    assert b"Retry-After: 5" in response


def test_an_unknown_waitress_version_serves_with_error_documents(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server, "version", lambda name: "4.0.0")
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)
    address = serve(echo_size)

    with connect(address) as client:
        client.sendall(head("PUT", 3 * MIB) + bytes(3 * MIB))
        assert read_until(client, str(3 * MIB).encode()).startswith(b"HTTP/1.1 200 OK")
    with connect(address) as client:
        client.sendall(head("PUT", 1 << 50))
        status, error = error_of(read_all(client))

    assert (status, error["code"]) == ("HTTP/1.1 413 Request Entity Too Large", "FILE_TOO_LARGE")
    assert "uploads are copied once more" in caplog.text


def test_an_unknown_waitress_version_does_not_serve_with_tokens(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "version", lambda name: "3.1.0")
    settings = settings.model_copy(update={"tokens": new_token("a")[1], "port": 0})

    with pytest.raises(ConfigurationError, match=r"waitress 3\.1\.0 .* install waitress >=3\.0\.2"):
        server.Server.bind(app, settings, AccessPolicy.from_settings(settings))


def test_bodies_are_streamed_only_with_a_known_waitress_version() -> None:
    found = {
        v: can_stream(v) for v in ("3.0.1", "3.0.2", "3.0.9", "3.1", "3.1.0b1", "4.0.0", "10.0")
    }

    assert found == {
        "3.0.1": False,
        "3.0.2": True,
        "3.0.9": True,
        "3.1": False,
        "3.1.0b1": False,
        "4.0.0": False,
        "10.0": False,
    }
