"""A small HTTP server with scripted replies."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Ffremote = Callable[..., "subprocess.CompletedProcess[str]"]
"""Runs the command line with these arguments and environment variables."""


@dataclass(frozen=True)
class Request:
    """A request of the client."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """A reply; `cut_after` closes the connection after this many bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None


def json_reply(status: int = 200, headers: dict[str, str] | None = None, /, **fields: Any) -> Reply:
    return Reply(status, json.dumps(fields).encode(), headers or {})


def error_reply(status: int, code: str, message: str, **details: Any) -> Reply:
    return json_reply(status, error={"code": code, "message": message, "details": details})


class Script:
    """The replies to each method and path, in order; the last one is repeated."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.url = ""
        self._replies: dict[str, list[Reply | Callable[[Request], Reply]]] = {}
        self._lock = threading.Lock()
        self.bytes_seen = threading.Event()

    def on(self, call: str, *replies: Reply | Callable[[Request], Reply]) -> None:
        self._replies[call] = list(replies)

    def reply_to(self, request: Request) -> Reply:
        call = f"{request.method} {request.path.partition('?')[0].removeprefix('/api/v1')}"
        with self._lock:
            self.requests.append(request)
            replies = self._replies.get(call)
            if not replies:
                return error_reply(404, "NOT_FOUND", f"The script has no reply to {call}.")
            reply = replies[0] if len(replies) == 1 else replies.pop(0)
        return reply(request) if callable(reply) else reply

    def calls(self) -> list[str]:
        return [f"{it.method} {it.path.removeprefix('/api/v1')}" for it in self.requests]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "ScriptedServer"

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self._body(length)
        if body is None:
            self.close_connection = True
            return
        headers = dict(self.headers.items())
        self._send(self.server.script.reply_to(Request(self.command, self.path, headers, body)))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _handle

    def _body(self, length: int) -> bytes | None:
        blocks, left = [], length
        while left and (block := self._block(left)):
            self.server.script.bytes_seen.set()
            left -= len(block)
            if length < 1 << 30:  # larger bodies are only counted
                blocks.append(block)
        return None if left else b"".join(blocks)

    def _block(self, left: int) -> bytes:
        try:
            return self.rfile.read(min(left, 1 << 20))
        except ConnectionResetError:
            return b""

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json", **reply.headers}
        headers.setdefault("Content-Length", str(len(reply.body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body[: reply.cut_after])
        self.close_connection = reply.cut_after is not None

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


class ScriptedServer(ThreadingHTTPServer):
    """A server on a free local port that replies by its script."""

    daemon_threads = True

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        script.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a lost connection, which several tests cause."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def replying(script: Script) -> Iterator[Script]:
    """Run a server that replies by the script."""
    server = ScriptedServer(script)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
