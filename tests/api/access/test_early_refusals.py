"""A request without access is refused before it uses a thread or shared memory."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask, Response, request

from ffremote.api.access.auth import new_token
from ffremote.api.app import create_app
from ffremote.api.waitress_server import channel, parser, server
from ffremote.config import Settings
from tests.support.multipart import MEDIA
from tests.support.raw_http import connect, error_of, head, read_all, read_until

Address = tuple[str, int]
Serve = Callable[..., Address]
MANY = 80  # more than the threads for transfers
UPLOADS = "/api/v1/uploads"
UNKNOWN = f"{UPLOADS}/00000000-0000-4000-8000-000000000000"
PIECE = "Content-Type: application/offset+octet-stream"


@contextlib.contextmanager
def stalled_connections(address: Address, *requests_: bytes) -> Iterator[list[socket.socket]]:
    """Hold connections open that have sent a head and nothing of the body."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(connect(address)) for _ in range(MANY)]
        for number, client in enumerate(held):
            client.sendall(requests_[number % len(requests_)])
        yield held


def upload(address: Address, **headers: str) -> int:
    """Send a file of 2 MiB in one PATCH; return the status of the response."""
    source = MEDIA.ljust(2 << 20, b"\0")
    base = "http://{}:{}".format(*address)
    made = requests.post(
        f"{base}{UPLOADS}", headers={"Upload-Length": str(len(source)), **headers}, timeout=20
    )
    place = base + made.headers["Location"]
    kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    return requests.patch(place, data=source, headers={**kind, **headers}, timeout=20).status_code


def test_requests_without_a_token_do_not_block_uploads(serve: Serve, settings: Settings) -> None:
    secret, entry = new_token("a")
    settings = settings.model_copy(update={"tokens": entry})
    address = serve(create_app(settings), settings)
    none = head("PATCH", 90_000_000, path=f"{UPLOADS}/x")
    wrong = head("PATCH", 90_000_000, "Authorization: Bearer x", path=f"{UPLOADS}/x")
    form = head("POST", 90_000_000, "Expect: 100-continue", path="/api/v1/jobs")

    with stalled_connections(address, none, wrong, form) as held:
        assert upload(address, Authorization=f"Bearer {secret}") == 204
        responses = [error_of(read_all(client)) for client in held]

    assert {(status, error["code"]) for status, error in responses} == {
        ("HTTP/1.1 401 UNAUTHORIZED", "UNAUTHORIZED")
    }


def test_foreign_hosts_and_origins_do_not_block_uploads(serve: Serve, app: Flask) -> None:
    address = serve(app)
    host = head("PATCH", 90_000_000, path=f"{UPLOADS}/x").replace(b"localhost", b"evil.example")
    page = head("PATCH", 90_000_000, "Origin: https://evil.example", path=f"{UPLOADS}/x")

    with stalled_connections(address, host, page) as held:
        assert upload(address) == 204
        responses = [error_of(read_all(client)) for client in held]

    assert {error["code"] for _, error in responses} == {"FORBIDDEN"}


def test_a_request_that_the_app_refuses_lingers_without_a_thread(serve: Serve, app: Flask) -> None:
    address = serve(app)

    unknown = head("PATCH", 90_000_000, PIECE, "Upload-Offset: 0", path=UNKNOWN)

    with contextlib.ExitStack() as stack:
        for _ in range(MANY):  # one after the other; all stay open
            client = stack.enter_context(connect(address))
            client.sendall(unknown)
            read_until(client, b"UPLOAD_NOT_FOUND")
        assert upload(address) == 204


def test_a_small_body_without_a_token_is_refused_before_it_is_complete(
    serve: Serve, settings: Settings
) -> None:
    settings = settings.model_copy(update={"tokens": new_token("a")[1]})

    with connect(serve(create_app(settings), settings)) as client:
        client.sendall(head("POST", 1_000_000, path="/api/v1/jobs") + b"{")
        status, error = error_of(read_all(client))

    assert (status, error["code"]) == ("HTTP/1.1 401 UNAUTHORIZED", "UNAUTHORIZED")


def test_concurrent_bodies_share_a_bounded_buffer_and_all_are_served(
    serve: Serve, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffers = parser.Buffers(1000)
    monkeypatch.setattr(server, "Buffers", lambda: buffers)
    address = serve(app)
    body = b'{"output_filename":"a.mp4"}'.ljust(600)
    request = head("POST", 600, "Content-Type: application/json", path="/api/v1/jobs?dry_run=1")

    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(address)) for _ in range(5)]
        for client in clients:
            client.sendall(request + body[:10])
        stack.enter_context(connect(address)).sendall(request + body[:10])  # cut within its body
        for client in clients:
            client.sendall(body[10:])
        responses = [read_until(client, b'"warnings"') for client in clients]

    assert {response[:15] for response in responses} == {b"HTTP/1.1 200 OK"}
    with connect(address) as last:  # by now the loop has seen the others end
        last.sendall(head("GET", 0, "Connection: close", path="/healthz"))
        read_all(last)
    assert buffers.reserve(1000)


def test_a_file_is_sent_completely_though_the_request_body_is_not_read(
    serve: Serve, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "LINGER_SECONDS", 60.0)
    file = tmp_path / "result"
    file.write_bytes(bytes(range(256)) * (3 << 12))

    @app.get("/file")
    def send() -> Response:
        return Response(
            request.environ["wsgi.file_wrapper"](file.open("rb"), 1 << 20),
            headers={"Content-Length": str(file.stat().st_size)},
            direct_passthrough=True,
        )

    with connect(serve(app)) as client:
        client.sendall(head("GET", 50_000_000, path="/file") + bytes(100_000))
        response = read_all(client)

    assert response.partition(b"\r\n\r\n")[2] == file.read_bytes()
