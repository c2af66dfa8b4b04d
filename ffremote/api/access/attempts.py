"""A limit on attempts that fail, for what is open to all."""

import threading
from collections import deque

from ffremote.clock import monotonic
from ffremote.errors import QueueFull

MOST = 10
SECONDS = 60.0


class FailedAttempts:
    """The failures of the last minute in one process, of all clients together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: deque[float] = deque()

    def require_few(self) -> None:
        """Raise QueueFull if there were too many."""
        with self._lock:
            while self._times and self._times[0] < monotonic() - SECONDS:
                self._times.popleft()
            if len(self._times) >= MOST:
                raise QueueFull("Too many attempts have failed; try again in a minute.")

    def add(self) -> None:
        """Count a failure."""
        with self._lock:
            self._times.append(monotonic())
