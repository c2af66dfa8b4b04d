"""The end of a process whose threads may wait for a service that does not answer."""

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn


def end_now(status: int) -> NoReturn:
    """End the process without waiting for its threads; call it when all that counts is closed.

    Python would wait for those of each executor, daemons or not: a request to a bucket that hangs
    may take a minute and a half, longer than a supervisor waits.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
