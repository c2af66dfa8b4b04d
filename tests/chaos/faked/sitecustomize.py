"""Run at the start of each Python under libfaketime: replace `time.sleep` by one that works there.

`time.sleep` waits until a time of the monotonic clock, which libfaketime 0.9.10 compares with the
faked wall clock: it then fails or sleeps for an hour. `select` waits for a duration.
"""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
