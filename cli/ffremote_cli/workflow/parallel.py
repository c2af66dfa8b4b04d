"""Several things at once, each in a thread, and Ctrl-C for all of them."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from ..errors import ClientError, NotBegun, Stopped

GRACE_SECONDS = 6.0
"""How long all have to come to their end after Ctrl-C."""

_LOOK_SECONDS = 0.1
# The signal handler of Ctrl-C must not raise: an exception inside of `join` makes Python 3.11
# take the thread for ended. So it sets an event, which is looked at this often.

Item = TypeVar("Item")
Result = TypeVar("Result")


def run_parallel(
    items: Sequence[Item],
    do: Callable[[Item], Result],
    *,
    at_once: int,
    stop: threading.Event,
) -> list[Result | ClientError]:
    """Do all, `at_once` at a time; each gives its result or its error, in order.

    The main thread only waits, so that Ctrl-C is heard however long a socket blocks.
    """
    answers: list[Result | ClientError] = [
        Stopped("stopped; the server did not answer, so see `ffremote list` for the job")
        for _ in items
    ]
    bugs: list[BaseException] = []
    turns = _Turns(len(items))

    def work() -> None:
        try:
            for turn in turns:
                answers[turn] = _answer(do, items[turn], stop)
        except BaseException as exc:  # a bug of ours: the main thread raises it
            bugs.append(exc)

    _run_all([threading.Thread(target=work, daemon=True) for _ in items[:at_once]], stop)
    if bugs:
        raise bugs[0]
    return answers


def _answer(
    do: Callable[[Item], Result], item: Item, stop: threading.Event
) -> Result | ClientError:
    if stop.is_set():
        return NotBegun("stopped before anything was sent")
    try:
        return do(item)
    except ClientError as exc:
        return exc


class _Turns:
    """Numbers that several threads take in turn."""

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
            thread.join(_LOOK_SECONDS)
    deadline = time.monotonic() + GRACE_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
