"""Wakes waiting workers at once: one datagram to the socket of each listener in the run directory.

A notification is a hint and carries no data: its receiver reads the database, and one that misses
it reads the database within a second anyway. Each listener holds a process lock of the same name
from before its socket exists until after it is gone.
"""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from . import locks
from .closeable import Closeable

SUFFIX = ".bell"
_FROM_HERE, _RELAYED = b"!", b"."


class Listener(Closeable):
    """A bound socket that is readable after a notification; `fileno` is -1 if none can be bound.

    A socket's path may have only about 100 bytes. Linux binds through /proc/self/fd, so that deep
    data directories work; elsewhere a longer path leaves polling as the only way.
    """

    def __init__(self, run_dir: Path, name: str) -> None:
        self.path = run_dir / f"{name}{SUFFIX}"
        self._socket: socket.socket | None = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            with _short(self.path) as address:
                self._socket.bind(address)
        except OSError:
            self._socket.close()
            self._socket = None

    def fileno(self) -> int:
        """Return the descriptor to wait on, or -1."""
        return -1 if self._socket is None else self._socket.fileno()

    def notify(self) -> None:
        """Notify this listener from its own process; safe in a signal handler."""
        if self._socket is not None:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)
                _send(sender, self.path)

    def drain(self) -> bool:
        """Read all pending notifications; return whether one of them is from this host."""
        is_from_here = False
        if self._socket is None:
            return is_from_here
        with contextlib.suppress(BlockingIOError):
            while True:
                is_from_here |= self._socket.recv(16) != _RELAYED
        return is_from_here

    def close(self) -> None:
        """Stop listening and remove the socket's name."""
        if self._socket is not None:
            self._socket.close()
            self.path.unlink(missing_ok=True)


def notify_all(run_dir: Path, *, is_relayed: bool = False) -> int:
    """Notify every listener and return how many were reached; remove the sockets of dead ones.

    With `is_relayed` the notification came from another host, and is not sent there again.
    """
    reached = 0
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for path in run_dir.glob(f"*{SUFFIX}"):
            reached += _send(sender, path, _RELAYED if is_relayed else _FROM_HERE)
    return reached


def _send(sender: socket.socket, path: Path, text: bytes = _FROM_HERE) -> bool:
    try:
        with _short(path) as address:
            sender.sendto(text, address)
    except ConnectionRefusedError:
        # No process listens: the owner is dead, or about to listen. Names are never used twice.
        if locks.is_dead(path.with_suffix(".lock")):
            path.unlink(missing_ok=True)
        return False
    except OSError:
        return False  # a full queue holds a notification; a socket just removed needs none
    return True


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """Yield a name for `path` that is short enough for a socket address."""
    if len(os.fsencode(path)) < 100 or not Path("/proc/self/fd").is_dir():
        yield str(path)
        return
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)
