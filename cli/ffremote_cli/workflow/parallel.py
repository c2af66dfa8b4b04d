"""Runs several items in threads, and stops all of them on Ctrl-C."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from ..errors import ClientError, NotBegun, Stopped

GRACE_SECONDS = 6.0
"""How long all threads may run after Ctrl-C."""

_POLL_SECONDS = 0.1
# The signal handler of Ctrl-C must not raise: after an exception inside `join`, Python 3.11
# considers the thread ended. So the handler sets an event, which is polled at this interval.

Item = TypeVar("Item")
Result = TypeVar("Result")


def run_parallel(
    items: Sequence[Item],
    do: Callable[[Item], Result],
    *,
    at_once: int,
    stop: threading.Event,
) -> list[Result | ClientError]:
    """Call `do` for every item, `at_once` in parallel; return results or errors, in order.

    The main thread only waits, so Ctrl-C is handled even while a socket blocks.
    """
    results: list[Result | ClientError] = [
        Stopped("stopped; the server did not answer, see `ffremote list` for the job")
        for _ in items
    ]
    bugs: list[BaseException] = []
    indices = _SharedIndices(len(items))

    def work() -> None:
        try:
            for index in indices:
                results[index] = _result(do, items[index], stop)
        except BaseException as exc:  # a bug: the main thread raises it again
            bugs.append(exc)

    _run_all([threading.Thread(target=work, daemon=True) for _ in items[:at_once]], stop)
    if bugs:
        raise bugs[0]
    return results


def _result(
    do: Callable[[Item], Result], item: Item, stop: threading.Event
) -> Result | ClientError:
    if stop.is_set():
        return NotBegun("stopped before anything was sent")
    try:
        return do(item)
    except ClientError as exc:
        return exc


class _SharedIndices:
    """The numbers below `count`, each given to one of several threads."""

    def __init__(self, count: int) -> None:
        self._numbers = iter(range(count))
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        with self._lock:
            return next(self._numbers)


def _run_all(threads: Sequence[threading.Thread], stop: threading.Event) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive() and not stop.is_set():
            thread.join(_POLL_SECONDS)
    deadline = time.monotonic() + GRACE_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
