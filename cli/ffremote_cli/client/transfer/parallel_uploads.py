"""Runs the uploads of one job in threads; the first error stops all of them."""

import queue
import threading
import time
from collections.abc import Callable, Sequence

from ...errors import ClientError, Stopped

AT_ONCE = 4
"""How many uploads of one job run at the same time."""

GRACE_SECONDS = 2.0
"""How long the uploads may take to end once they are stopped; a blocked one is left behind."""

_POLL_SECONDS = 0.1

Task = Callable[[threading.Event], None]
"""One upload; it ends with Stopped soon after the event is set."""


def run_uploads(tasks: Sequence[Task], stop: threading.Event) -> None:
    """Run all tasks, AT_ONCE in parallel; raise the first error, or Stopped once `stop` is set."""
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    end = threading.Event()
    errors: list[BaseException] = []
    threads = [
        threading.Thread(target=_work, args=(waiting, end, errors), daemon=True)
        for _ in tasks[:AT_ONCE]
    ]
    for thread in threads:
        thread.start()
    _wait(threads, end, stop)
    _raise_first(errors, stop)


def _work(
    waiting: "queue.SimpleQueue[Task]", end: threading.Event, errors: list[BaseException]
) -> None:
    """Run the waiting tasks one after the other; an error ends those of all threads."""
    try:
        while not end.is_set():
            waiting.get_nowait()(end)
    except queue.Empty:
        return
    except BaseException as exc:  # raised again by the thread that waits
        errors.append(exc)
        end.set()


def _wait(threads: Sequence[threading.Thread], end: threading.Event, stop: threading.Event) -> None:
    """Wait for the threads; pass `stop` on to them as `end`."""
    for thread in threads:
        while thread.is_alive() and not end.is_set():
            if stop.is_set():
                end.set()
            thread.join(_POLL_SECONDS)
    deadline = time.monotonic() + GRACE_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


def _raise_first(errors: Sequence[BaseException], stop: threading.Event) -> None:
    for error in errors:
        if not isinstance(error, ClientError):
            raise error
    if stop.is_set():
        raise Stopped("stopped")
    if errors:
        raise errors[0]
