"""Wait for a condition, with a deadline."""

import time
from collections.abc import Callable
from typing import Any

DEADLINE = 60.0


def wait_for(condition: Callable[[], Any]) -> Any:
    """Return the first true value of `condition`; fail after `DEADLINE` seconds."""
    deadline = time.monotonic() + DEADLINE
    while not (value := condition()):
        assert time.monotonic() < deadline, "the condition did not become true in time"
        time.sleep(0.02)
    return value
