"""A limit on the bytes per second of all transfers of all processes of a worker together."""

import fcntl
import os
import struct
import threading
from pathlib import Path

from ffremote import clock
from ffremote.errors import ConfigurationError
from ffremote_cli.client.rate_limit import bytes_per_second

BLOCK_BYTES = 1 << 20
LATEST_SECONDS = 60.0  # a later time in the file is one from before a restart of the machine

_TIME = struct.Struct("d")


class SharedRate:
    """Spreads bytes evenly over time; the next free moment is in the file at `path`.

    Without a limit it does nothing. `block` is how many bytes to send or receive before a wait.
    """

    def __init__(self, path: Path, rate: float | None) -> None:
        self._path = path
        self._rate = rate
        self._never = threading.Event()  # never set: its wait is a sleep
        self.block = BLOCK_BYTES if rate is None else min(BLOCK_BYTES, max(1024, int(rate / 8)))

    def wait(self, count: int) -> None:
        """Wait as long as `count` bytes take."""
        if self._rate is None:
            return
        pause = self._take(count / self._rate)
        if pause > 0:
            self._never.wait(pause)

    def _take(self, seconds: float) -> float:
        """Reserve the next seconds; return how long it takes until they are over."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            now, found = clock.monotonic(), os.pread(descriptor, _TIME.size, 0)
            free_at = _TIME.unpack(found)[0] if len(found) == _TIME.size else now
            if not now <= free_at <= now + LATEST_SECONDS:
                free_at = now
            os.pwrite(descriptor, _TIME.pack(free_at + seconds), 0)
            return float(free_at + seconds - now)
        finally:
            os.close(descriptor)


def parse_rate(text: str) -> float | None:
    """Return the bytes per second of a text such as `2M`, None for no text.

    Raise ConfigurationError.
    """
    try:
        return bytes_per_second(text) if text else None
    except ValueError as exc:
        raise ConfigurationError(f"FFREMOTE_WORKER_RATE: {exc}") from exc
