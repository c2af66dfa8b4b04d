"""How long a call that got no answer is made again, and with which pauses."""

import random
import threading
from collections.abc import Callable

from ffremote import clock

from .line import ServerAway

PAUSE_SECONDS = (0.2, 5.0)  # the first and the longest
STEP_SECONDS = 0.25  # after which an end is noticed


class Tries:
    """Makes calls again for `seconds` after the last one that was answered.

    `go_on` returns False when the work is not wanted any more.
    """

    def __init__(self, seconds: float, go_on: Callable[[], bool] = lambda: True) -> None:
        self._seconds = seconds
        self._go_on = go_on
        self._never = threading.Event()  # never set: its wait is a sleep
        self.succeed()

    def succeed(self) -> None:
        """Count the time from now on; the next pause is short again."""
        self._since = clock.monotonic()
        self._pause = PAUSE_SECONDS[0]

    def pause(self, error: ServerAway) -> None:
        """Wait until the next try; raise `error` if there is none."""
        if error.is_busy:
            self._since = clock.monotonic()  # it answers, and works on it
        seconds = max(self._next_pause(), error.seconds or 0.0)
        until = clock.monotonic() + seconds
        if error.is_misdirected or until - self._since > self._seconds:
            raise error
        while (left := until - clock.monotonic()) > 0:
            if not self._go_on():
                raise error
            self._never.wait(min(left, STEP_SECONDS))

    def _next_pause(self) -> float:
        pause = self._pause * random.uniform(0.5, 1.0)  # spreads many workers over time
        self._pause = min(2 * self._pause, PAUSE_SECONDS[1])
        return pause
