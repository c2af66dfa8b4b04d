"""waitress's connection, taught to hand over a request as soon as its headers are in.

Stock waitress takes in the whole body before it calls the app: a second copy on disk, no early
refusal, and no byte kept of a broken upload. Here a large body is read by the app from the socket,
and a file goes out by sendfile. All that we know of waitress's private life is in this module,
`body`, `parser`, `pools`, `sendfile` and `tasks`; `serving` falls back to stock waitress where it
differs.
"""

import socket
import threading
from collections.abc import Callable
from typing import Any

from waitress.channel import HTTPChannel

from ffremote.clock import monotonic

from .parser import StreamingParser, StrictParser
from .sendfile import FileBuffer
from .tasks import JsonErrorTask, StreamingTask

LINGER_SECONDS = 2.0
LINGER_BYTES = 32 << 20


class StockChannel(HTTPChannel):  # type: ignore[misc]
    """waitress's own connection, with our error model."""

    parser_class = StrictParser
    error_task_class = JsonErrorTask


class _Rest:
    """What a client still sends behind its answer, dropped for a little while."""

    def __init__(self) -> None:
        self._deadline = monotonic() + LINGER_SECONDS
        self._budget = LINGER_BYTES

    def drop(self, count: int) -> None:
        self._budget -= count

    def is_over(self) -> bool:
        return self._budget <= 0 or monotonic() > self._deadline


class StreamingChannel(HTTPChannel):  # type: ignore[misc]
    """One connection."""

    task_class = StreamingTask
    error_task_class = JsonErrorTask

    close_when_flushed: bool
    will_close: bool
    _has_had_turn = False
    _lingers = False
    _rest: _Rest | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._loop = threading.get_ident()

    def parser_class(self, adj: Any) -> StreamingParser:
        """Make the parser of the next request; waitress means a class, and calls it."""
        return StreamingParser(adj, self)

    def linger(self) -> None:
        """Read on for a little while behind the answer, before the connection is closed.

        Closing a socket that holds unread bytes resets it, and a reset may overtake the answer.
        The loop does it: no thread waits for a client that is refused.
        """
        self._lingers = True

    def readable(self) -> bool:
        """Also where we notice, at each turn of the loop, what never ends."""
        request = self.request
        if (request is not None and not self.requests and request.is_overdue()) or (
            self._rest is not None and self._rest.is_over()
        ):
            self.will_close = True
        return bool(super().readable())

    def received(self, data: bytes) -> bool:
        if self._rest is None:
            return bool(super().received(data))
        self._rest.drop(len(data))
        return True

    def handle_write(self) -> None:
        """As waitress does, but an answer that leaves bytes unread ends gently."""
        self._flush_exception(self._flush())
        if self.close_when_flushed and not self.total_outbufs_len:
            self.close_when_flushed = False
            self.will_close |= not self._begin_to_linger()
        if self.will_close:
            self.handle_close()

    def handle_close(self) -> None:
        super().handle_close()
        if self.request is not None:
            self.request.close()  # it was never whole: no thread has it

    def _flush(self) -> Callable[..., bool] | None:
        if not self.requests:
            return self._flush_some
        if self.total_outbufs_len >= self.adj.send_bytes:
            locked: Callable[..., bool] = self._flush_some_if_lockable
            return locked  # a task may be adding to what is flushed
        return None

    def _begin_to_linger(self) -> bool:
        if not (self._lingers and self.connected):
            return False
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False  # the client hung up first, which is what we would wait for
        self._rest = _Rest()
        return True

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
