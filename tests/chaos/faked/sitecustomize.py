"""What Python does first in a program under libfaketime: put a sleep in place that works there.

`time.sleep` waits until a moment of the monotonic clock, which libfaketime 0.9.10 reckons against
the faked wall clock: it then fails or sleeps for an hour. `select` waits for a span.
"""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
