"""waitress's connection, taught to hand over a request as soon as its headers are in.

Stock waitress takes in the whole body before it calls the app: a second copy on disk, no early
refusal, and no byte kept of a broken upload. Here a large body is read by the app from the socket,
and a file goes out by sendfile. All that we know of waitress's private life is in this module,
`body`, `pools`, `sendfile` and `tasks`; `server` falls back to stock waitress where it differs.
"""

import select
import socket
import threading
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import Error

from ffremote.clock import monotonic

from .body import LINGER_SECONDS, SocketBody, linger, wait
from .sendfile import FileBuffer
from .tasks import JsonErrorTask, StreamingTask

STREAM_FROM_BYTES = 1 << 20
HEADER_SECONDS = 30.0
SMALL_BODY_SECONDS = 300.0
IDLE_SECONDS = 60.0
# Whoever sends a PATCH can go on, and cannot before we have given up the line that broke.
IDLE_PATCH_SECONDS = 20.0


class LengthRequired(Error):  # type: ignore[misc]
    """A chunked body: its size is not known before it has filled the disk."""

    code = 411
    reason = "Length Required"


class StreamingParser(HTTPRequestParser):  # type: ignore[misc]
    """Reads headers; a body that is large, or that must be kept to the byte, is left to the app.

    It runs in the server's loop, the only thread that closes sockets, so it is here that a
    request gets its own duplicate of the socket, for the thread that will serve it.
    """

    streams = False
    line: socket.socket | None = None
    completed: bool
    started: float

    def __init__(self, adj: Any, channel: "StreamingChannel") -> None:
        super().__init__(adj)
        self.channel = channel
        self.started = monotonic()

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.chunked and not self.completed:
            self.error = LengthRequired("Send the body with a Content-Length.")
            self.completed = True
        if self.error:
            self.expect_continue = False  # or waitress would ask for the body that it refuses
            self.line = self.channel.socket.dup()
            return len(data)
        if self.completed or not self.headers_finished or self.body_bytes_received:
            return consumed
        prefix = data[consumed : consumed + self.content_length]
        if len(prefix) == self.content_length or not self._should_stream():
            return consumed
        self._leave_body(prefix)
        return consumed + len(prefix)

    def is_overdue(self) -> bool:
        """Whether the client has had more than time enough to say what it wants."""
        patience = SMALL_BODY_SECONDS if self.headers_finished else HEADER_SECONDS
        return monotonic() > self.started + patience

    def close(self) -> None:
        super().close()
        if self.line is not None:
            self.line.close()

    def _should_stream(self) -> bool:
        # A PATCH belongs to a resumable upload: each byte that arrived counts.
        return bool(self.content_length >= STREAM_FROM_BYTES or self.command == "PATCH")

    def _leave_body(self, prefix: bytes) -> None:
        say = self.channel.write_soon if self.expect_continue else None
        self.line = self.channel.socket.dup()
        idle = IDLE_PATCH_SECONDS if self.command == "PATCH" else IDLE_SECONDS
        self.body_rcv = SocketBody(
            self.line, prefix, self.content_length, say=say, idle_seconds=idle
        )
        self.expect_continue = False
        self.streams = self.completed = True


class StreamingChannel(HTTPChannel):  # type: ignore[misc]
    """One connection."""

    task_class = StreamingTask
    error_task_class = JsonErrorTask

    _has_had_turn = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._loop = threading.get_ident()

    def parser_class(self, adj: Any) -> StreamingParser:
        """Make the parser of the next request; waitress means a class, and calls it."""
        return StreamingParser(adj, self)

    def readable(self) -> bool:
        """Also where we notice, at each turn of the loop, a request that never ends."""
        if self.request is not None and not self.requests and self.request.is_overdue():
            self.will_close = True
        return bool(super().readable())

    def send(self, data: Any, do_close: bool = True) -> int:
        if not isinstance(data, FileBuffer):
            return int(super().send(data, do_close))
        # Only the loop sends files: it closes sockets, so their descriptors are sure only there.
        if self._has_had_turn or threading.get_ident() != self._loop:
            return 0
        self._has_had_turn = True
        return data.send_some(self.socket)

    def _flush_some(self, do_close: bool = True) -> bool:
        self._has_had_turn = False
        return bool(super()._flush_some(do_close))

    def end_gently(self, line: socket.socket) -> None:
        """Flush the answer and let the client read it, though it may be sending still."""
        deadline = monotonic() + LINGER_SECONDS
        try:
            while self.total_outbufs_len and self.connected:
                with self.outbuf_lock:
                    self._flush_some(do_close=False)
                if self.total_outbufs_len:
                    wait(line, select.POLLOUT, deadline - monotonic())
            linger(line)
        except (OSError, AttributeError):
            return  # closed by the loop: nobody is there to be gentle with
