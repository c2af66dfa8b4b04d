"""waitress's request parser, stricter, and taught to leave a body to the app.

It runs in the server's loop, the only thread that closes sockets. What a request has a right to is
decided here, as soon as its headers are in: a body takes memory, or a thread that reads it, only
when the client may come in.
"""

import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import Error

from ffremote.clock import monotonic

from ..ingest.socket_body import SocketBody
from ..ingest.tus import PIECE

STREAM_FROM_BYTES = 1 << 20
BUFFERED_BYTES = 64 << 20
HEADER_SECONDS = 30.0
SMALL_BODY_SECONDS = 300.0
IDLE_SECONDS = 60.0
# Whoever sends a PATCH can go on, and cannot before we have given up the line that broke.
IDLE_PATCH_SECONDS = 20.0
VERSIONS = ("1.0", "1.1")

# Whether a request may come in, by its method, its path and its headers (`CONTENT_TYPE` …).
Door = Callable[[str, str, Mapping[str, str]], bool]


class LengthRequired(Error):  # type: ignore[misc]
    """A chunked body: its size is not known before it has filled the disk."""

    code = 411
    reason = "Length Required"


class VersionNotSupported(Error):  # type: ignore[misc]
    """Neither HTTP/1.0 nor HTTP/1.1."""

    code = 505
    reason = "HTTP Version Not Supported"


class Buffers:
    """The memory of one server for bodies that arrive; what finds none is read by a thread."""

    def __init__(self, size: int = BUFFERED_BYTES) -> None:
        self._left = size
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Reserve `size` bytes, or return False when so many are not left."""
        with self._lock:
            has_room = size <= self._left
            self._left -= size if has_room else 0
        return has_room

    def give_back(self, size: int) -> None:
        """Return what was reserved."""
        with self._lock:
            self._left += size


class Server(Protocol):
    """What a listener of waitress is given by us."""

    door: Door
    buffers: Buffers


class Connection(Protocol):
    """The channel that a request came by."""

    socket: socket.socket
    server: Server

    def write_soon(self, data: bytes, /) -> Any: ...


class StrictParser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses what waitress takes or stumbles over: other versions, 1.0 with a transfer coding."""

    completed: bool
    error: Error | None

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as exc:  # int() of more digits than Python reads, an address that is none
            raise ParsingError("The request has a length or an address that is invalid") from exc
        if self.version == "1.0" and "TRANSFER_ENCODING" in self.headers:
            # RFC 9112 6.1: where its body ends is not sure, so nothing behind it is read.
            raise ParsingError("HTTP/1.0 has no Transfer-Encoding")

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if (
            self.headers_finished
            and not (self.empty or self.error)
            and self.version not in VERSIONS
        ):
            self.error = VersionNotSupported("This server speaks HTTP/1.0 and HTTP/1.1")
            self.completed = True
        return consumed


class StreamingParser(StrictParser):
    """Reads headers; a body that is large, or that must be kept to the byte, is left to the app.

    So is the body of a request that will be refused: nobody reads it. The request gets its own
    duplicate of the socket, for the thread that will serve it.
    """

    streams = False
    is_refused = False
    line: socket.socket | None = None

    def __init__(self, adj: Any, channel: Connection) -> None:
        super().__init__(adj)
        self.channel = channel
        self.started = monotonic()
        self._buffered = 0
        self._has_asked = False

    def received(self, data: bytes) -> int:
        consumed = super().received(data)
        if self.chunked and not self.completed:
            self.error = LengthRequired("Send the body with a Content-Length.")
            self.completed = True
        if self.error:
            self.expect_continue = False  # or waitress would ask for the body that it refuses
            return len(data)
        if self.headers_finished and not self._has_asked:
            self._has_asked = True
            self.is_refused = not self.channel.server.door(self.command, self.path, self.headers)
            if not self.completed:
                return self._place_body(data, consumed)
        return consumed

    def is_overdue(self) -> bool:
        """Whether the client has had more than time enough to say what it wants."""
        limit = SMALL_BODY_SECONDS if self.headers_finished else HEADER_SECONDS
        return monotonic() > self.started + limit

    def close(self) -> None:
        super().close()
        if self.line is not None:
            self.line.close()
        self.channel.server.buffers.give_back(self._buffered)
        self._buffered = 0

    def _place_body(self, data: bytes, consumed: int) -> int:
        """Decide who reads the body; return how much of `data` is taken."""
        prefix = data[consumed : consumed + self.content_length]
        if len(prefix) == self.content_length or not self._should_stream():
            return consumed
        self._leave_body(prefix)
        return consumed + len(prefix)

    def _should_stream(self) -> bool:
        large = self.content_length >= STREAM_FROM_BYTES or self._is_piece()
        if large or self.is_refused or not self.channel.server.buffers.take(self.content_length):
            return True
        self._buffered = self.content_length
        return False

    def _is_piece(self) -> bool:
        """Whether the body belongs to a resumable upload: each byte that arrived counts."""
        kind = self.headers.get("CONTENT_TYPE", "").lower()
        return bool(self.command == "PATCH" or kind.startswith(PIECE))

    def _leave_body(self, prefix: bytes) -> None:
        say = self.channel.write_soon if self.expect_continue else None
        self.line = self.channel.socket.dup()
        idle = IDLE_PATCH_SECONDS if self._is_piece() else IDLE_SECONDS
        self.body_rcv = SocketBody(
            self.line, prefix, self.content_length, say=say, idle_seconds=idle
        )
        self.expect_continue = False
        self.streams = self.completed = True
