"""The parameters of a transfer, as values: how it retries, stops and reports, and its job."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...errors import Stopped
from ..rate_limit import RateLimit
from ..retry import RetryPolicy

OnBytes = Callable[[int, int | None], None]
"""Called with the bytes transferred so far and the total, None if that is unknown."""

OnInputBytes = Callable[[Path, int, int], None]
"""Called with the path of an input, and its bytes sent so far and in total."""


UNLIMITED = RateLimit()


@dataclass(frozen=True, slots=True)
class Transfer:
    """The retry policy, stop event and progress callback of one upload or download."""

    retry: RetryPolicy
    stop: threading.Event
    on_bytes: OnBytes
    on_input_bytes: OnInputBytes = lambda *_: None
    """Called for each input of a job with several, in addition to `on_bytes` for all of them."""
    rate: RateLimit = UNLIMITED

    def raise_if_stopped(self) -> None:
        """Raise Stopped once `stop` is set."""
        if self.stop.is_set():
            raise Stopped("stopped")

    def pace(self, count: int) -> None:
        """Wait as the limit of the rate asks after `count` bytes; raise Stopped."""
        self.rate.wait(count, self.stop)

    def report_sent(self, done: int, total: int | None) -> None:
        """Report the bytes sent so far; raise Stopped instead once `stop` is set."""
        self.raise_if_stopped()
        self.on_bytes(done, total)


@dataclass(frozen=True, slots=True)
class Submission:
    """The job that an upload creates on the server."""

    job: str
    """The job as JSON."""
    idempotency_key: str
    on_accepted: Callable[[str], None]
    """Called with the job's id as soon as it exists, with tus before the first byte is sent."""
