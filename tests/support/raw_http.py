"""HTTP spoken by hand, for what no well-behaved client would say."""

import json
import socket
from typing import Any


def connect(address: tuple[str, int]) -> socket.socket:
    """Open a connection that gives up after ten seconds."""
    return socket.create_connection(address, timeout=10)


def head(method: str, length: int, *more: str, path: str = "/") -> bytes:
    """Return the head of a request with a body of `length`."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}", *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read_all(client: socket.socket) -> bytes:
    """Read until the other side ends."""
    answer = b""
    while block := client.recv(1 << 16):
        answer += block
    return answer


def read_until(client: socket.socket, end: bytes) -> bytes:
    """Read until `end` has come in."""
    answer = b""
    while end not in answer:
        block = client.recv(1 << 16)
        assert block, answer
        answer += block
    return answer


def error_of(answer: bytes) -> tuple[str, Any]:
    """Return the status line and the error of an answer in our error model."""
    headers, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Type: application/json" in headers, answer
    return headers.decode().split("\r\n")[0], json.loads(body)["error"]
