"""A request's body as a stream: read straight from the client's socket, when the app wants it."""

import io
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from ffremote.clock import monotonic

# Slower than 16 KiB in a minute is no line but somebody who holds a thread.
WINDOW_SECONDS = 60.0
WINDOW_BYTES = 16 << 10

T = TypeVar("T")


class SocketBody(io.RawIOBase):
    """`wsgi.input` over a client's non-blocking socket; also waitress's idea of a body receiver.

    `line` is a duplicate of the connection's socket, made by the server's loop: when the loop
    closes the connection, our descriptor stays ours and never becomes somebody else's connection.
    `say` sends bytes behind all earlier answers.
    """

    completed = True
    error = None

    def __init__(
        self,
        line: socket.socket,
        prefix: bytes,
        length: int,
        *,
        say: Callable[[bytes], Any] | None,
        idle_seconds: float,
    ) -> None:
        super().__init__()
        self.remaining = length
        self._line = line
        self._prefix = memoryview(prefix)
        self._say = say
        self._idle_seconds = idle_seconds
        self._pace = _Pace()
        self._silent_since: float | None = None

    def silence(self) -> float:
        """For how many seconds we have been waiting for the client's next bytes."""
        since = self._silent_since
        return 0.0 if since is None else monotonic() - since

    def hang_up(self) -> None:
        """Make the thread that waits here find the end of the line; for another thread."""
        with suppress(OSError):  # the client went first
            self._line.shutdown(socket.SHUT_RD)

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        """Fill `target` with what is there; 0 at the end of the body.

        Raises ConnectionError when the client is gone, TimeoutError when it is far too slow.
        """
        view = memoryview(target).cast("B")[: self.remaining]
        count = self._from_prefix(view)
        if view and not count:
            self._before_reading()
            count = self._heard(self._receive(lambda: self._line.recv_into(view)))
        self.remaining -= count
        return count

    def read(self, size: int | None = -1, /) -> bytes:
        """Return some bytes, at most `size`; RawIOBase would copy each once more."""
        if size is None or size < 0 or self._prefix or not self.remaining:
            return super().read(-1 if size is None else size) or b""
        wanted = min(size, self.remaining)
        self._before_reading()
        block = self._receive(lambda: self._line.recv(wanted))
        self.remaining -= self._heard(len(block))
        return block

    def _from_prefix(self, view: memoryview) -> int:
        count = min(len(view), len(self._prefix))
        view[:count] = self._prefix[:count]
        self._prefix = self._prefix[count:]
        return count

    def _before_reading(self) -> None:
        if self._say is not None:
            self._say(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._say = None

    def _receive(self, take: Callable[[], T]) -> T:
        began = monotonic()
        while True:
            try:
                taken = take()
            except BlockingIOError:
                self._silent_since = began
                wait(self._line, select.POLLIN, began + self._idle_seconds - monotonic())
            else:
                self._silent_since = None
                return taken

    def _heard(self, count: int) -> int:
        if count == 0:
            raise ConnectionResetError("the client closed the connection within the body")
        self._pace.add(count)
        return count

    # What waitress asks of a receiver.

    def getfile(self) -> "SocketBody":
        return self

    def getbuf(self) -> "SocketBody":
        return self


class _Pace:
    """Raises TimeoutError when a whole window brought next to nothing."""

    def __init__(self) -> None:
        self._since = monotonic()
        self._bytes = 0

    def add(self, count: int) -> None:
        self._bytes += count
        if self._bytes >= WINDOW_BYTES:
            self._since, self._bytes = monotonic(), 0
        elif monotonic() - self._since > WINDOW_SECONDS:
            raise TimeoutError(f"less than {WINDOW_BYTES} bytes in {WINDOW_SECONDS:.0f} s")


def wait(line: socket.socket, event: int, seconds: float) -> None:
    """Wait until the line is ready for `event`; raise TimeoutError when it is not in time."""
    poll = select.poll()
    poll.register(line, event)
    if seconds <= 0 or not poll.poll(seconds * 1000):
        raise TimeoutError("the client did nothing for too long")
