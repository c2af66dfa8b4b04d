"""Wakes workers without polling: one datagram to each doorbell in the run directory.

A ring is a hint, never a message: who hears it looks at the database, and who misses it looks
there within a second anyway. Who listens holds a lock of the same name from before until after.
"""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from . import locks
from .closeable import Closeable

SUFFIX = ".bell"


class Listener(Closeable):
    """A bound socket that becomes readable when somebody rings; `fileno` is -1 where none fits.

    A socket's path may have only about 100 bytes. Linux binds through /proc/self/fd, so that deep
    data directories work; elsewhere a path that does not fit leaves the listener to its polling.
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

    def ring(self) -> None:
        """Ring this bell from inside, which a signal handler may do."""
        if self._socket is not None:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ringer:
                ringer.setblocking(False)
                _ring_one(ringer, self.path)

    def hush(self) -> None:
        """Take all rings that have come in."""
        if self._socket is None:
            return
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(16)

    def close(self) -> None:
        """Stop listening and remove the name."""
        if self._socket is not None:
            self._socket.close()
            self.path.unlink(missing_ok=True)


def ring(run_dir: Path) -> int:
    """Ring every doorbell and return how many heard; those of the dead are taken down."""
    heard = 0
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ringer:
        ringer.setblocking(False)
        for path in run_dir.glob(f"*{SUFFIX}"):
            heard += _ring_one(ringer, path)
    return heard


def _ring_one(ringer: socket.socket, path: Path) -> bool:
    try:
        with _short(path) as address:
            ringer.sendto(b"!", address)
    except ConnectionRefusedError:
        # Nobody listens: its owner is dead, or is just about to listen. Names are never used twice.
        if locks.is_dead(path.with_suffix(".lock")):
            path.unlink(missing_ok=True)
        return False
    except OSError:
        return False  # a full queue has rung already; a name just gone needs no ring
    return True


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    if len(os.fsencode(path)) < 100 or not Path("/proc/self/fd").is_dir():
        yield str(path)
        return
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)
