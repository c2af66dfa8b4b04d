"""Going on after a break: how long we try again, and how we wait in between."""

import random
import threading
import time
from collections.abc import Callable

from ..errors import Misdirected, Refused, Stopped, Unreachable

OnBreak = Callable[[Unreachable | Refused], None]

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0


class RetryPolicy:
    """Counts from the last success; a new one for each thing that is waited for.

    `stop` is the event that Ctrl-C sets: every wait ends with it. `on_break` gets the error before
    each wait, to show it.
    """

    def __init__(self, seconds: float, stop: threading.Event, on_break: OnBreak) -> None:
        self._seconds = seconds
        self._stop = stop
        self._on_break = on_break
        self.renew()

    def renew(self) -> None:
        """Something worked: the clock starts again."""
        self._deadline = time.monotonic() + self._seconds
        self._pause = FIRST_PAUSE

    def wait(self, error: Unreachable | Refused) -> None:
        """Pause before the next try, or raise `error` when it is of no use to try again."""
        if isinstance(error, Misdirected) or (isinstance(error, Refused) and not error.is_passing):
            raise error
        pause = self._next_pause(error)
        if time.monotonic() + pause > self._deadline:
            raise error
        self._on_break(error)
        self.sleep(pause)

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until Ctrl-C."""
        if self._stop.wait(seconds):
            raise Stopped("stopped")

    def _next_pause(self, error: Unreachable | Refused) -> float:
        # Jitter, so that the clients of a server that restarts do not come back all at once.
        pause = self._pause * random.uniform(0.5, 1.0)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if isinstance(error, Refused) and error.retry_after is not None:
            return max(pause, error.retry_after)
        return pause
