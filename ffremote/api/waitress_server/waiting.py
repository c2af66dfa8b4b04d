"""Requests that wait for an event: the server's loop keeps their connections, no thread does.

A view raises `Parked` when it has no answer yet. Its request is run again when a bell rings, and
answered with 204 when its wait is over.
"""

import socket
import threading
from typing import Any, Protocol

from ffremote.clock import monotonic
from ffremote.host.notify import Listener

TURN_SECONDS = 0.5
OUTSIDE = 1000
"""How many parked channels the loop does not look at, as it does at each other one for each event.
Those count as connections no more, so their number has a limit."""


class Parked(BaseException):
    """A request that has no answer yet; no error handler of the app may see it."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Channel(Protocol):
    """The channel of a parked request."""

    socket: Any
    server: Any

    def leave_loop(self) -> None:
        """Let the loop not look at this connection."""

    def join_loop(self) -> None:
        """Let the loop look at this connection again."""

    def abandon(self) -> None:
        """Close the connection, which its client has closed."""


class ParkingLot:
    """The parked requests of one server, by their channels: when each runs again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[Channel, float] = {}
        self._next_turn = 0.0
        self.rings = 0
        """How often a bell has rung, so that a request can tell whether one rang while it ran."""

    def __len__(self) -> int:
        return len(self._places)

    def park(self, channel: Channel, deadline: float, *, rings: int) -> None:
        """Keep a channel until its request is to run again; called in a thread.

        `rings` is what it was when the request began to run.
        """
        with self._lock:
            is_missed = rings != self.rings
            self._places[channel] = 0.0 if is_missed else deadline
            if not is_missed and len(self._places) <= OUTSIDE:
                channel.leave_loop()
        if is_missed:
            self._next_turn = 0.0
            channel.server.pull_trigger()

    def ring(self) -> None:
        """Let all parked requests run again; called in the loop."""
        with self._lock:
            self.rings += 1
            self._places = dict.fromkeys(self._places, 0.0)
        self._next_turn = 0.0
        self.turn()

    def close(self) -> None:
        """Give all channels back to the loop, which closes them."""
        with self._lock:
            for channel in self._places:
                channel.join_loop()
            self._places = {}

    def turn(self) -> None:
        """Run what is due again and drop what was closed; the loop calls this at each turn."""
        now = monotonic()
        if now < self._next_turn:
            return
        self._next_turn = now + TURN_SECONDS
        for channel, is_gone in self._take(now):
            if is_gone:
                channel.abandon()
            else:
                channel.server.add_task(channel)

    def _take(self, now: float) -> list[tuple[Channel, bool]]:
        """Remove and return the channels that are due, or that their clients have closed."""
        taken = []
        with self._lock:
            for channel, due in list(self._places.items()):
                is_gone = is_closed(channel.socket)
                if is_gone or now >= due:
                    del self._places[channel]
                    channel.join_loop()
                    taken.append((channel, is_gone))
        return taken


def is_closed(connection: Any) -> bool:
    """Return whether the other side has closed the connection."""
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b"")
    except BlockingIOError:
        return False
    except OSError:
        return True


class Bell:
    """A listener for notifications, in the form in which waitress's loop asks its sockets."""

    accepting = False

    def __init__(self, listener: Listener, lot: ParkingLot) -> None:
        self._listener, self._lot = listener, lot

    def readable(self) -> bool:
        """Wait for notifications."""
        return True

    def writable(self) -> bool:
        """Never write."""
        return False

    def handle_read_event(self) -> None:
        """Let what waits run again."""
        self._listener.drain()
        self._lot.ring()

    def handle_close(self) -> None:
        """Keep the listener: its owner closes it."""

    handle_write_event = handle_expt_event = close = handle_close
