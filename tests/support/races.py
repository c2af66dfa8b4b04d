"""Race one call in many threads, each with its own database session."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ffremote.db import database
from ffremote.errors import InsufficientStorage, QueueFull

CROWD = 8
"""The number of threads in a race."""


def race(engine: Engine, call: Callable[[Session], Any]) -> Counter[str]:
    """Make the call in `CROWD` threads at one instant; count `accepted` and the error codes."""
    results: list[str] = []
    start = threading.Barrier(CROWD)

    def run() -> None:
        with database.session_maker(engine)() as session:
            start.wait()
            try:
                call(session)
                results.append("accepted")
            except (QueueFull, InsufficientStorage) as exc:
                results.append(exc.code)

    threads = [threading.Thread(target=run) for _ in range(CROWD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(results)
