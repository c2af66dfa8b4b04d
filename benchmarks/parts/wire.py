"""A minimal HTTP client, so that the server dominates the measurement."""

import os
import socket
import time

Address = tuple[str, int]

SIZE = 512 << 20
BLOCK = bytes(1 << 20)
HEAD = b"\x00\x00\x00\x20ftypisom"  # what the server checks; most of the rest is zeros
MARK_BYTES = 16  # makes each file unique, or the server would deduplicate it
POLL_SECONDS = 6.0


def request(method: str, path: str, length: int, *more: str) -> bytes:
    """Return the head of a request with a body of `length`."""
    lines = (f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}", *more)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def send(
    address: Address, head: bytes, tail: bytes = b"", *, end: bool = False, size: int = SIZE
) -> bytes:
    """Send a request whose file has `size` bytes; return its response, which must be a 2xx."""
    with socket.create_connection(address, timeout=60) as line:
        line.sendall(head + HEAD + os.urandom(MARK_BYTES))
        left = size - len(HEAD) - MARK_BYTES
        while left:
            left -= line.send(BLOCK[:left])
        line.sendall(tail)
        if end:
            line.shutdown(socket.SHUT_WR)
        response = _read_response(line)
    if not response.startswith(b"HTTP/1.1 2"):
        raise RuntimeError(response.decode())
    return response


def _read_response(line: socket.socket) -> bytes:
    response = b""
    while b"\r\n\r\n" not in response:
        response += line.recv(1 << 16)
    front, _, body = response.partition(b"\r\n\r\n")
    length = int(front.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or b"0")
    while len(body) < length:
        body += line.recv(1 << 16)
    return front + b"\r\n\r\n" + body


def fetch(address: Address, path: str, *more: str, host: str = "localhost") -> None:
    """Read a response and discard it."""
    lines = "".join(f"{line}\r\n" for line in (f"GET {path} HTTP/1.1", f"Host: {host}", *more))
    buffer = bytearray(1 << 20)
    with socket.create_connection(address, timeout=60) as line:
        line.sendall(f"{lines}Connection: close\r\n\r\n".encode())
        count = line.recv_into(buffer)
        if not buffer.startswith(b"HTTP/1.1 20"):
            raise RuntimeError(bytes(buffer[:count]).decode())
        while line.recv_into(buffer):
            pass


def poll(address: Address, path: str) -> list[float]:
    """Request `path` fifty times a second on one connection; return the milliseconds of each."""
    times = []
    until = time.monotonic() + POLL_SECONDS
    with socket.create_connection(address, timeout=60) as line:
        while time.monotonic() < until:
            began = time.perf_counter()
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            _read_response(line)
            times.append((time.perf_counter() - began) * 1000)
            time.sleep(0.02)
    return times
