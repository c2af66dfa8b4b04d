"""A limit on the bytes per second of all transfers of a client together."""

import re
import threading
import time

from ..errors import Stopped

LOWEST = 10_000
"""Bytes per second. The server takes a slower upload for a stalled one."""

_BLOCK = 1 << 20
_TEXT = re.compile(r"(\d+(?:\.\d+)?)([kmg]?)", re.IGNORECASE | re.ASCII)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


def bytes_per_second(text: str) -> float:
    """Return the bytes per second of a text such as `500k` or `2M`; raise ValueError."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a number of bytes per second, such as 500k or 2M")
    value = float(found[1]) * _UNITS[found[2].lower()]
    if value < LOWEST:
        raise ValueError(f"{text} bytes per second are less than {LOWEST // 1000}k")
    return value


class RateLimit:
    """Spreads the bytes of all threads evenly over time; without a limit it does nothing."""

    def __init__(self, bytes_per_second: float | None = None) -> None:
        if bytes_per_second is not None and bytes_per_second < LOWEST:
            raise ValueError(f"{bytes_per_second:g} bytes per second are less than {LOWEST}")
        self._rate = bytes_per_second
        self._free_at = 0.0
        self._lock = threading.Lock()
        self.block = _BLOCK
        """How many bytes to send or receive before the next wait."""
        if bytes_per_second is not None:
            self.block = min(_BLOCK, max(1024, int(bytes_per_second / 8)))

    def wait(self, count: int, stop: threading.Event) -> None:
        """Wait as long as `count` bytes take; raise Stopped as soon as `stop` is set."""
        if self._rate is None:
            return
        with self._lock:
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + count / self._rate
            pause = self._free_at - now
        if stop.wait(pause):
            raise Stopped("stopped")
