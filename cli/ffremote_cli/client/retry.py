"""Retries after connection errors: for how long, and with which pauses."""

import random
import threading
import time
from collections.abc import Callable

from ..errors import Misdirected, Refused, Stopped, Unreachable

OnBreak = Callable[[Unreachable | Refused], None]
"""Called with the error before each pause, for example to show it."""

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0


class RetryPolicy:
    """Allows retries for `seconds` after the first of several failures, with exponential back-off.

    So a request that fails after it was busy for longer, as one with many bytes is, can be retried.

    Use one policy per operation. Setting `stop` (Ctrl-C does) ends every wait.
    """

    def __init__(self, seconds: float, stop: threading.Event, on_break: OnBreak) -> None:
        self._seconds = seconds
        self._stop = stop
        self._on_break = on_break
        self.reset()

    def for_thread(self, stop: threading.Event, lock: threading.Lock) -> "RetryPolicy":
        """Return a policy for one of several threads, with another `stop`.

        `lock` is held during `on_break`, so that the callback is called by one thread at a time.
        """

        def on_break(error: Unreachable | Refused) -> None:
            with lock:
                self._on_break(error)

        return RetryPolicy(self._seconds, stop, on_break)

    def reset(self) -> None:
        """Restart the time limit and the back-off; call it after each success."""
        self._deadline: float | None = None
        self._pause = FIRST_PAUSE

    def backoff(self, error: Unreachable | Refused) -> None:
        """Pause before the next try; raise `error` if it is permanent or the time is up."""
        if isinstance(error, Misdirected) or (isinstance(error, Refused) and not error.is_passing):
            raise error
        if self._deadline is None:
            self._deadline = time.monotonic() + self._seconds
        pause = self._next_pause(error)
        if time.monotonic() + pause > self._deadline:
            raise error
        self._on_break(error)
        self.sleep(pause)

    def sleep(self, seconds: float) -> None:
        """Wait for that time; raise Stopped as soon as `stop` is set."""
        if self._stop.wait(seconds):
            raise Stopped("stopped")

    def _next_pause(self, error: Unreachable | Refused) -> float:
        # Jitter spreads the clients of a restarted server over time.
        pause = self._pause * random.uniform(0.5, 1.0)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if isinstance(error, Refused) and error.retry_after is not None:
            return max(pause, error.retry_after)
        return pause
