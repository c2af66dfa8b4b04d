"""Responses without an end: the server's loop keeps their connections, no thread does.

A view calls `environ[HOLD](opened)` and returns an empty body. Its headers are sent, and `opened`
is given an `Outlet`, to which any thread may write from then on.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from .waiting import is_closed

BUFFERED_BYTES = 256 << 10
"""What a client may leave unread; one that is slower is cut off."""

_LAST_CHUNK = b"0\r\n\r\n"


class Held(BaseException):
    """A response whose headers are written and whose body goes on without a thread."""

    def __init__(self, opened: Callable[["Outlet"], None], *, is_chunked: bool) -> None:
        super().__init__()
        self.opened, self.is_chunked = opened, is_chunked


class Channel(Protocol):
    """The channel of a held response."""

    socket: Any
    server: Any
    connected: bool
    total_outbufs_len: int

    def append(self, data: bytes) -> bool:
        """Send bytes, without waiting; return False if the connection is closed."""

    def end(self, *, at_once: bool) -> None:
        """Close the connection, `at_once` or when all was sent."""


class Outlet:
    """The open end of a held response."""

    def __init__(self, channel: Channel, *, is_chunked: bool) -> None:
        self._channel = channel
        self._is_chunked = is_chunked

    def send(self, data: bytes) -> bool:
        """Add `data` to the response; return False if it was closed, or is cut off now."""
        channel = self._channel
        if channel.total_outbufs_len + len(data) > BUFFERED_BYTES:
            channel.end(at_once=True)
            return False
        return channel.append(self._framed(data))

    @property
    def is_open(self) -> bool:
        """Whether neither side has closed the connection."""
        return self._channel.connected and not is_closed(self._channel.socket)

    def close(self) -> None:
        """End the response when all of it was sent, and release its connection."""
        if self._is_chunked:
            self._channel.append(_LAST_CHUNK)
        self._channel.end(at_once=False)

    def _framed(self, data: bytes) -> bytes:
        return b"%x\r\n%b\r\n" % (len(data), data) if self._is_chunked else data


def empty() -> Iterator[bytes]:
    """Return the body that a view returns for a held response: it has no length."""
    return iter(())
