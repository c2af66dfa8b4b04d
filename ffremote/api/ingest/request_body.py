"""The body of the current request, read to its announced length from whatever server runs us."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from flask import request

from ffremote.errors import FileTooLarge, InvalidArgument, RequestError

FIRST_BYTES = 64 << 10
BLOCK_BYTES = 1 << 20
RING = 4


class LengthRequired(RequestError):
    """A chunked body: its size is not known before it has filled the disk."""

    code = "INVALID_ARGUMENT"


class Readable(Protocol):
    """What every WSGI server gives as `wsgi.input`."""

    def read(self, size: int = -1, /) -> bytes: ...


def announced_length() -> int:
    """Return the body's Content-Length, 0 for no body; a chunked body is not taken."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        raise LengthRequired("Send the body with a Content-Length.", field="Content-Length")
    return request.content_length or 0


def whole(stream: Readable, length: int) -> Callable[[int], bytes]:
    """Return a `read` for exactly `length` bytes; it raises when the client sends less.

    WSGI servers differ in what they do at the end of a body, so none of them is relied on.
    """
    left = length

    def read(size: int) -> bytes:
        nonlocal left
        if left == 0:
            return b""
        block = stream.read(min(size, left))
        if not block:
            raise _cut(left)
        left -= len(block)
        return block

    return read


def blocks(stream: Readable, length: int) -> Iterator[bytes | memoryview]:
    """Yield exactly `length` bytes of `stream`, or raise; each block lives for RING - 1 others."""
    readinto = getattr(stream, "readinto", None)
    if readinto is None:
        read = whole(stream, length)
        yield from iter(lambda: read(BLOCK_BYTES), b"")
        return
    size = FIRST_BYTES
    ring = deque((memoryview(bytearray(size)) for _ in range(RING)), RING)
    while length > 0:
        buffer = ring[0]
        count = readinto(buffer[:length])
        if not count:
            raise _cut(length)
        yield buffer[:count]
        length -= count
        if count == size < BLOCK_BYTES:  # a fast line; a slow one keeps little memory
            size *= 2
        ring.rotate(-1)
        if len(ring[0]) < size:
            ring[0] = memoryview(bytearray(size))


def read_all() -> bytes:
    """Return the whole body of the current request; for small ones."""
    read = whole(request.environ["wsgi.input"], announced_length())
    return b"".join(iter(lambda: read(BLOCK_BYTES), b""))


def write_all(write: Callable[[bytes | memoryview], int | None], block: bytes | memoryview) -> None:
    """Write every byte of `block`, though an unbuffered file may take fewer at once."""
    rest = memoryview(block)
    while rest:
        rest = rest[write(rest) or 0 :]


def too_large(size: int, limit: int) -> FileTooLarge:
    """Return the refusal of a file above the limit."""
    return FileTooLarge(f"The file has {size} bytes or more; {limit} are allowed.", max_bytes=limit)


def _cut(missing: int) -> InvalidArgument:
    return InvalidArgument("body", f"The body ended {missing} bytes too early.")
