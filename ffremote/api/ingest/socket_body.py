"""A request's body as a stream, read from the client's socket on demand."""

import io
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from ffremote.clock import monotonic

# Below 16 KiB per minute the client is treated as stalled and its thread is freed.
WINDOW_SECONDS = 60.0
WINDOW_BYTES = 16 << 10

T = TypeVar("T")


class SocketBody(io.RawIOBase):
    """`wsgi.input` over a client's non-blocking socket; also waitress's body receiver.

    `connection` is a duplicate of the channel's socket, made by the server's loop: when the loop
    closes the channel, this descriptor stays valid and is never reused for another connection.
    `send` sends bytes after all earlier responses.
    """

    completed = True
    error = None

    def __init__(
        self,
        connection: socket.socket,
        prefix: bytes,
        length: int,
        *,
        send: Callable[[bytes], Any] | None,
        idle_seconds: float,
    ) -> None:
        super().__init__()
        self.remaining = length
        self._connection = connection
        self._prefix = memoryview(prefix)
        self._send = send
        self._idle_seconds = idle_seconds
        self._stall_detector = _StallDetector()
        self._silent_since: float | None = None

    def silence(self) -> float:
        """Return for how many seconds a read has been waiting for the client's next bytes."""
        since = self._silent_since
        return 0.0 if since is None else monotonic() - since

    def hang_up(self) -> None:
        """Make a waiting read find the end of the stream; called from another thread."""
        with suppress(OSError):  # the client has already closed the connection
            self._connection.shutdown(socket.SHUT_RD)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Read available bytes into `buffer`; return their number, 0 at the end of the body.

        Raises ConnectionError if the client has disconnected, TimeoutError if it is stalled.
        """
        view = memoryview(buffer).cast("B")[: self.remaining]
        count = self._read_prefix(view)
        if view and not count:
            self._send_continue()
            count = self._record(self._receive(lambda: self._connection.recv_into(view)))
        self.remaining -= count
        return count

    def read(self, size: int | None = -1, /) -> bytes:
        """Return at most `size` bytes; overridden because RawIOBase would copy each once more."""
        if size is None or size < 0 or self._prefix or not self.remaining:
            return super().read(-1 if size is None else size) or b""
        wanted = min(size, self.remaining)
        self._send_continue()
        block = self._receive(lambda: self._connection.recv(wanted))
        self.remaining -= self._record(len(block))
        return block

    def _read_prefix(self, view: memoryview) -> int:
        count = min(len(view), len(self._prefix))
        view[:count] = self._prefix[:count]
        self._prefix = self._prefix[count:]
        return count

    def _send_continue(self) -> None:
        if self._send is not None:
            self._send(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._send = None

    def _receive(self, receive: Callable[[], T]) -> T:
        began = monotonic()
        while True:
            try:
                received = receive()
            except BlockingIOError:
                self._silent_since = began
                wait(self._connection, select.POLLIN, began + self._idle_seconds - monotonic())
            else:
                self._silent_since = None
                return received

    def _record(self, count: int) -> int:
        if count == 0:
            raise ConnectionResetError("the client closed the connection within the body")
        self._stall_detector.add(count)
        return count

    # waitress's interface of a body receiver.

    def getfile(self) -> "SocketBody":
        return self

    def getbuf(self) -> "SocketBody":
        return self


class _StallDetector:
    """Raises TimeoutError if fewer than `WINDOW_BYTES` arrive in `WINDOW_SECONDS`."""

    def __init__(self) -> None:
        self._window_start = monotonic()
        self._window_bytes = 0

    def add(self, count: int) -> None:
        self._window_bytes += count
        if self._window_bytes >= WINDOW_BYTES:
            self._window_start, self._window_bytes = monotonic(), 0
        elif monotonic() - self._window_start > WINDOW_SECONDS:
            raise TimeoutError(f"less than {WINDOW_BYTES} bytes in {WINDOW_SECONDS:.0f} s")


def wait(connection: socket.socket, event: int, seconds: float) -> None:
    """Wait until `connection` is ready for `event`; raise TimeoutError after `seconds`."""
    poll = select.poll()
    poll.register(connection, event)
    if seconds <= 0 or not poll.poll(seconds * 1000):
        raise TimeoutError("the client sent nothing for too long")
