"""HTTP on a raw socket, for requests that no client library sends."""

import json
import socket
from typing import Any


def connect(address: tuple[str, int]) -> socket.socket:
    """Open a connection with a timeout of ten seconds."""
    return socket.create_connection(address, timeout=10)


def head(method: str, length: int, *more: str, path: str = "/") -> bytes:
    """Return the request line and headers of a request with a body of `length` bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}", *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read_all(client: socket.socket) -> bytes:
    """Read until the other side closes the connection."""
    response = b""
    while block := client.recv(1 << 16):
        response += block
    return response


def read_until(client: socket.socket, end: bytes) -> bytes:
    """Read until `end` was received; return all bytes."""
    response = b""
    while end not in response:
        block = client.recv(1 << 16)
        assert block, response
        response += block
    return response


def error_of(response: bytes) -> tuple[str, Any]:
    """Return the status line and the error of a response with an error document."""
    headers, _, body = response.partition(b"\r\n\r\n")
    assert b"Content-Type: application/json" in headers, response
    return headers.decode().split("\r\n")[0], json.loads(body)["error"]
