"""What a log says of an outage: that it begins, once a minute that it lasts, that it is over."""

import logging

from ffremote import clock

REPEAT_SECONDS = 60.0


class Outage:
    """The outages of one thing that is asked again and again, each with few lines."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._since: float | None = None
        self._next = 0.0

    def goes_on(self, message: str) -> None:
        """Record a failure."""
        now = clock.monotonic()
        if self._since is None:
            self._since = now
            self._log.warning("%s", message)
        elif now >= self._next:
            self._log.warning("%s (for %.0f s now)", message, now - self._since)
        else:
            return
        self._next = now + REPEAT_SECONDS

    def is_over(self, message: str) -> None:
        """Record a success; after a failure `message` says what works again."""
        if self._since is not None:
            self._log.warning("%s after %.0f s", message, clock.monotonic() - self._since)
            self._since = None
