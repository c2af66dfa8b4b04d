"""waitress's request parser, stricter, and changed to leave a body to the app.

It runs in the server's loop, the only thread that closes sockets. Access is checked here, as soon
as the headers are complete: a body takes memory, or a thread that reads it, only if the request is
allowed.
"""

import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import Error

from ffremote.clock import monotonic

from ..access.url_prefix import without
from ..ingest.request_body import LengthRequired
from ..ingest.socket_body import SocketBody
from ..ingest.tus import CHUNK_TYPE

STREAM_FROM_BYTES = 1 << 20
BUFFERED_BYTES = 64 << 20
HEADER_SECONDS = 30.0
SMALL_BODY_SECONDS = 300.0
IDLE_SECONDS = 60.0
# A client can resume a PATCH, but only after the server has given up the broken connection.
IDLE_PATCH_SECONDS = 20.0
VERSIONS = ("1.0", "1.1")

# Whether a request is allowed, by its method, its path and its headers (`CONTENT_TYPE` …).
AccessCheck = Callable[[str, str, Mapping[str, str]], bool]


class ChunkedBody(Error):  # type: ignore[misc]  # waitress has no types
    """A body without Content-Length; see `request_body.LengthRequired`."""

    code = 411
    reason = "Length Required"


class VersionNotSupported(Error):  # type: ignore[misc]  # waitress has no types
    """The request's version is neither HTTP/1.0 nor HTTP/1.1."""

    code = 505
    reason = "HTTP Version Not Supported"


class Buffers:
    """The memory budget of one server for buffered bodies; beyond it, a thread streams the body."""

    def __init__(self, size: int = BUFFERED_BYTES) -> None:
        self._available = size
        self._lock = threading.Lock()

    def reserve(self, size: int) -> bool:
        """Reserve `size` bytes; return False if fewer are available."""
        with self._lock:
            fits = size <= self._available
            self._available -= size if fits else 0
        return fits

    def release(self, size: int) -> None:
        """Release `size` reserved bytes."""
        with self._lock:
            self._available += size


class Server(Protocol):
    """The attributes that `server` adds to waitress's listeners."""

    is_allowed: AccessCheck
    url_prefix: str
    buffers: Buffers


class Channel(Protocol):
    """The channel that received a request."""

    socket: socket.socket
    server: Server

    def write_soon(self, data: bytes, /) -> Any: ...


class StrictParser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Also refuses other HTTP versions, HTTP/1.0 with a transfer coding, and invalid numbers."""

    completed: bool
    error: Error | None
    path: str

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as exc:  # int() of more digits than Python accepts, an invalid address
            raise ParsingError("The request has a length or an address that is invalid") from exc
        if self.version == "1.0" and "TRANSFER_ENCODING" in self.headers:
            # RFC 9112 6.1: the end of its body is uncertain, so nothing after it is read.
            raise ParsingError("HTTP/1.0 has no Transfer-Encoding")

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if (
            self.headers_finished
            and not (self.empty or self.error)
            and self.version not in VERSIONS
        ):
            self.error = VersionNotSupported("This server supports HTTP/1.0 and HTTP/1.1")
            self.completed = True
        return consumed


class StreamingParser(StrictParser):
    """Reads headers; leaves a large body, and every chunk of a resumable upload, to the app.

    The body of a request that will be refused is left too, and never read. The request gets its own
    duplicate of the socket, for the thread that will serve it.
    """

    streams = False
    is_refused = False
    connection: socket.socket | None = None
    _wait_until: float | None = None

    def __init__(self, adj: Any, channel: Channel) -> None:
        super().__init__(adj)
        self.channel = channel
        self.started = monotonic()
        self._buffered = 0
        self._is_checked = False

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        self.path = without(self.channel.server.url_prefix, self.path)

    def received(self, data: bytes) -> int:
        consumed = super().received(data)
        if self.chunked and not self.completed:
            self.error = ChunkedBody(LengthRequired.MESSAGE)
            self.completed = True
        if self.error:
            self.expect_continue = False  # or waitress would request the body that it refuses
            return len(data)
        if self.headers_finished and not self._is_checked:
            self._is_checked = True
            self.is_refused = not self.channel.server.is_allowed(
                self.command, self.path, self.headers
            )
            if not self.completed:
                return self._route_body(data, consumed)
        return consumed

    def may_wait(self) -> bool:
        """Whether the app may leave the request without an answer for now, and see it again."""
        return not (self.streams or self.is_refused)

    @property
    def wait_is_over(self) -> bool:
        """Whether the app has seen the request before, and the time that it gave has passed."""
        return self._wait_until is not None and monotonic() >= self._wait_until

    @property
    def has_waited(self) -> bool:
        """Whether the app has seen the request before, and read its body."""
        return self._wait_until is not None

    def deadline_of_wait(self, seconds: float) -> float:
        """Return when the request has to be answered: `seconds` after it was first asked for."""
        if self._wait_until is None:
            self._wait_until = monotonic() + seconds
        return self._wait_until

    def is_overdue(self) -> bool:
        """Whether the headers, or a small body, have taken longer than their time limit."""
        limit = SMALL_BODY_SECONDS if self.headers_finished else HEADER_SECONDS
        return monotonic() > self.started + limit

    def close(self) -> None:
        super().close()
        if self.connection is not None:
            self.connection.close()
        self.channel.server.buffers.release(self._buffered)
        self._buffered = 0

    def _route_body(self, data: bytes, consumed: int) -> int:
        """Decide whether waitress or the app reads the body; return how much of `data` is used."""
        prefix = data[consumed : consumed + self.content_length]
        if len(prefix) == self.content_length or not self._should_stream():
            return consumed
        self._stream_body(prefix)
        return consumed + len(prefix)

    def _should_stream(self) -> bool:
        large = self.content_length >= STREAM_FROM_BYTES or self._is_chunk()
        if large or self.is_refused or not self.channel.server.buffers.reserve(self.content_length):
            return True
        self._buffered = self.content_length
        return False

    def _is_chunk(self) -> bool:
        """Whether the body belongs to a resumable upload, which keeps every received byte."""
        kind = self.headers.get("CONTENT_TYPE", "").lower()
        return bool(self.command == "PATCH" or kind.startswith(CHUNK_TYPE))

    def _stream_body(self, prefix: bytes) -> None:
        send = self.channel.write_soon if self.expect_continue else None
        self.connection = self.channel.socket.dup()
        idle = IDLE_PATCH_SECONDS if self._is_chunk() else IDLE_SECONDS
        self.body_rcv = SocketBody(
            self.connection, prefix, self.content_length, send=send, idle_seconds=idle
        )
        self.expect_continue = False
        self.streams = self.completed = True
