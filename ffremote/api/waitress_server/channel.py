"""waitress's channel, changed to pass a request to the app as soon as its headers are complete.

Stock waitress receives the whole body before it calls the app: a second copy on disk, no early
refusal, and nothing kept of an interrupted upload. Here the app reads a large body from the socket,
and sendfile sends files. Only this package and `ingest.socket_body` use waitress's private
attributes; for an untested version `server` falls back to stock waitress.
"""

import socket
import threading
from collections.abc import Callable
from typing import Any

from waitress.buffers import OverflowableBuffer
from waitress.channel import ClientDisconnected, HTTPChannel

from ffremote.clock import monotonic

from .blocks import BLOCK_BYTES, Block
from .parser import StreamingParser, StrictParser
from .sendfile import FileBuffer
from .streams import Held, Outlet
from .tasks import JsonErrorTask, StreamingTask
from .waiting import Parked

LINGER_SECONDS = 2.0
LINGER_BYTES = 32 << 20


class StockChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """waitress's stock channel, with the error documents of the API."""

    parser_class = StrictParser
    error_task_class = JsonErrorTask


class _LingerBudget:
    """How long, and for how many bytes, to read on after a response."""

    def __init__(self) -> None:
        self._deadline = monotonic() + LINGER_SECONDS
        self._budget = LINGER_BYTES

    def spend(self, count: int) -> None:
        self._budget -= count

    def is_over(self) -> bool:
        return self._budget <= 0 or monotonic() > self._deadline


class StreamingChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection whose large bodies the app reads and whose files sendfile sends."""

    task_class = StreamingTask
    error_task_class = JsonErrorTask

    close_when_flushed: bool
    will_close: bool
    requests: list[StreamingParser]
    _sent_this_turn = False
    _should_linger = False
    _linger_budget: _LingerBudget | None = None
    _is_held = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._loop_thread = threading.get_ident()

    def parser_class(self, adj: Any) -> StreamingParser:
        """Return the parser of the next request; waitress expects a class here, and calls it."""
        return StreamingParser(adj, self)

    def service(self) -> None:
        """Serve the first request, or keep it until it can be answered; runs in a thread."""
        lot = self.server.parking
        rings = lot.rings
        try:
            super().service()
        except Parked as parked:
            lot.park(self, self.requests[0].deadline_of_wait(parked.seconds), rings=rings)
        except Held as held:
            self._is_held = True
            held.opened(Outlet(self, is_chunked=held.is_chunked))

    def append(self, data: bytes) -> bool:
        """Send to a held response; return False if the connection is closed. Never waits.

        The loop sends what the socket does not take now, and looks at the channel only meanwhile.
        """
        with self.outbuf_lock:  # handle_close takes it before it closes the socket
            if not self.connected or self.will_close or self.close_when_flushed:
                return False
            rest = data if self.total_outbufs_len else data[self._send_now(data) :]
            if rest:
                self.outbufs[-1].append(rest)
                self.total_outbufs_len += len(rest)
                self._return_to_loop()
        return True

    def end(self, *, at_once: bool) -> None:
        """Close a held response, `at_once` or when all of it was sent."""
        with self.outbuf_lock:
            if self.connected:
                self.will_close |= at_once
                self.close_when_flushed = True
                self._return_to_loop()

    def write_soon(self, data: Any) -> int:
        """Queue bytes like waitress, but a large block as it is: waitress copies it twice."""
        if not isinstance(data, bytes) or len(data) < BLOCK_BYTES:
            return int(super().write_soon(data))
        if not self.connected:
            raise ClientDisconnected
        with self.outbuf_lock:
            self._flush_outbufs_below_high_watermark()
            if not self.connected:
                raise ClientDisconnected
            self.outbufs += [Block(data), OverflowableBuffer(self.adj.outbuf_overflow)]
            self.current_outbuf_count = 0
            self.total_outbufs_len += len(data)
            self._flush_exception(self._flush_some, do_close=False)
            if self.total_outbufs_len:
                self.server.pull_trigger()
        return len(data)

    def _send_now(self, data: bytes) -> int:
        try:
            return int(self.socket.send(data))
        except OSError:
            return 0  # it is full; or closed, which the loop sees

    def _return_to_loop(self) -> None:
        self.join_loop()
        self.server.pull_trigger()

    def leave_loop(self) -> None:
        """Let the loop not look at this connection while its request waits."""
        self._map.pop(self._fileno, None)

    def join_loop(self) -> None:
        """Let the loop look at this connection again."""
        self._map[self._fileno] = self

    def abandon(self) -> None:
        """Drop a request that waits, whose client has closed the connection; runs in the loop."""
        with self.requests_lock:
            for request in self.requests:
                request.close()
            self.requests = []
        self.will_close = True

    def linger(self) -> None:
        """Keep reading for a short time after the response, before the connection is closed.

        Closing a socket with unread bytes resets it, and a reset may overtake the response. The
        loop reads: no thread waits for a refused client.
        """
        self._should_linger = True

    def readable(self) -> bool:
        """Also close connections that are overdue; the loop calls this at each of its turns."""
        request = self.request
        if (request is not None and not self.requests and request.is_overdue()) or (
            self._linger_budget is not None and self._linger_budget.is_over()
        ):
            self.will_close = True
        return bool(super().readable())

    def received(self, data: bytes) -> bool:
        if self._linger_budget is None:
            return bool(super().received(data))
        self._linger_budget.spend(len(data))
        return True

    def handle_write(self) -> None:
        """Flush like waitress, but linger after a response that leaves bytes unread."""
        self._flush_exception(self._flush())
        if self.close_when_flushed and not self.total_outbufs_len:
            self.close_when_flushed = False
            self.will_close |= not self._begin_to_linger()
        if self.will_close:
            self.handle_close()
        elif self._is_held:
            with self.outbuf_lock:
                if not (self.total_outbufs_len or self.close_when_flushed or self.will_close):
                    self.leave_loop()

    def handle_close(self) -> None:
        super().handle_close()
        if self.request is not None:
            self.request.close()  # it is incomplete, so no thread has it
        if self._is_held:
            for request in self.requests:
                request.close()

    def _flush(self) -> Callable[..., bool] | None:
        if not self.requests:
            return self._flush_some
        if self._is_held or self.total_outbufs_len >= self.adj.send_bytes:
            locked: Callable[..., bool] = self._flush_some_if_lockable
            return locked  # a task, or another thread, may be appending to the buffers
        return None

    def _begin_to_linger(self) -> bool:
        if not (self._should_linger and self.connected):
            return False
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False  # the client has already closed the connection
        self._linger_budget = _LingerBudget()
        return True

    def send(self, data: Any, do_close: bool = True) -> int:
        if not isinstance(data, FileBuffer):
            return int(super().send(data, do_close))
        # Only the loop sends files: it closes sockets, so descriptors are valid only there.
        if self._sent_this_turn or threading.get_ident() != self._loop_thread:
            return 0
        self._sent_this_turn = True
        return data.send_some(self.socket)

    def _flush_some(self, do_close: bool = True) -> bool:
        self._sent_this_turn = False
        return bool(super()._flush_some(do_close))
