"""The body of the current request, read to its Content-Length under any WSGI server."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from flask import request

from ffremote.errors import FileTooLarge, InvalidArgument, RequestError

FIRST_BYTES = 64 << 10
BLOCK_BYTES = 1 << 20
RING = 4
PARKED = "ffremote.parked"
"""In the WSGI environment of a request that may wait: the exception, made with the seconds, with
which a view leaves it without an answer until a bell rings, or the seconds are over."""

HOLD = "ffremote.hold"
"""In the WSGI environment of a server that keeps responses without an end: `HOLD(opened)` returns
the body for the view to return; then `opened` is given the open end, see `Outlet`."""


class LengthRequired(RequestError):
    """The body has no Content-Length: its size would be unknown until it has filled the disk."""

    MESSAGE = "Send the body with a Content-Length."
    code = "INVALID_ARGUMENT"


class NoStreams(RequestError):
    """This WSGI server has no way to keep a response open without a thread."""

    code = "INVALID_ARGUMENT"


class Readable(Protocol):
    """The part of `wsgi.input` that every WSGI server provides."""

    def read(self, size: int = -1, /) -> bytes: ...


def content_length() -> int:
    """Return the body's Content-Length, 0 without a body; raise LengthRequired if it is chunked."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        raise LengthRequired(LengthRequired.MESSAGE, field="Content-Length")
    return request.content_length or 0


def exact_reader(stream: Readable, length: int) -> Callable[[int], bytes]:
    """Return a `read` for exactly `length` bytes; it raises InvalidArgument if the body is shorter.

    WSGI servers differ in how they mark the end of a body, so the length decides.
    """
    left = length

    def read(size: int) -> bytes:
        nonlocal left
        if left == 0:
            return b""
        block = stream.read(min(size, left))
        if not block:
            raise _ended_early(left)
        left -= len(block)
        return block

    return read


def blocks(stream: Readable, length: int) -> Iterator[bytes | memoryview]:
    """Yield exactly `length` bytes of `stream`; raise InvalidArgument if the body is shorter.

    A block's buffer is reused after `RING - 1` more blocks.
    """
    readinto = getattr(stream, "readinto", None)
    if readinto is None:
        read = exact_reader(stream, length)
        yield from iter(lambda: read(BLOCK_BYTES), b"")
        return
    size = FIRST_BYTES
    ring = deque((memoryview(bytearray(size)) for _ in range(RING)), RING)
    while length > 0:
        buffer = ring[0]
        count = readinto(buffer[:length])
        if not count:
            raise _ended_early(length)
        yield buffer[:count]
        length -= count
        if count == size < BLOCK_BYTES:  # a fast connection; slow ones use little memory
            size *= 2
        ring.rotate(-1)
        if len(ring[0]) < size:
            ring[0] = memoryview(bytearray(size))


def read_all() -> bytes:
    """Return the body of the current request; only for small bodies."""
    read = exact_reader(request.environ["wsgi.input"], content_length())
    return b"".join(iter(lambda: read(BLOCK_BYTES), b""))


def write_all(write: Callable[[bytes | memoryview], int | None], block: bytes | memoryview) -> None:
    """Write every byte of `block`; an unbuffered file may accept fewer per call."""
    rest = memoryview(block)
    while rest:
        rest = rest[write(rest) or 0 :]


def file_too_large(size: int, limit: int) -> FileTooLarge:
    """Return the error for a file of at least `size` bytes, above `limit`."""
    return FileTooLarge(
        f"The file has at least {size} bytes; the limit is {limit}.", max_bytes=limit
    )


def _ended_early(missing: int) -> InvalidArgument:
    return InvalidArgument("body", f"The body ended {missing} bytes early.")
