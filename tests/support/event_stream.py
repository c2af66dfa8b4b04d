"""A client of server-sent events, on a raw socket."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ffremote.host.closeable import Closeable
from tests.support.raw_http import read_until

SECONDS = 20.0


class Event(NamedTuple):
    """One event; `number` is its id, where it has one."""

    name: str
    data: Any
    number: int | None


class EventStream(Closeable):
    """An open stream, which reads its events in their order."""

    def __init__(self, address: tuple[str, int], path: str, *headers: str) -> None:
        self.socket = socket.create_connection(address, timeout=SECONDS)
        lines = [f"GET {path} HTTP/1.0", "Host: localhost", *headers]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        head, _, self._rest = read_until(self.socket, b"\r\n\r\n").partition(b"\r\n\r\n")
        self.head = head.decode()
        self.seen: list[Event] = []

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()

    def until(self, name: str, where: Callable[[Any], bool] = lambda _data: True) -> Event:
        """Read on to the next event of this name whose data match."""
        for event in self:
            if event.name == name and where(event.data):
                return event
        raise AssertionError(f"the stream ended; it had {self.seen}")

    def __iter__(self) -> Iterator[Event]:
        """Yield events until the server closes the stream."""
        while True:
            while b"\n\n" not in self._rest:
                block = self.socket.recv(1 << 16)
                if not block:
                    return
                self._rest += block
            text, _, self._rest = self._rest.partition(b"\n\n")
            event = _parsed(text.decode())
            if event is not None:
                self.seen.append(event)
                yield event


def _parsed(text: str) -> Event | None:
    """Return an event; None for a comment."""
    fields = dict(line.split(": ", 1) for line in text.split("\n") if not line.startswith(":"))
    if "event" not in fields:
        return None
    number = int(fields["id"]) if "id" in fields else None
    return Event(fields["event"], json.loads(fields["data"]), number)
