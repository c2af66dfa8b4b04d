"""Which thread serves which request: transfers and refusals never hold the threads of polls."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import Error

REFUSAL_THREADS = 4


class TooManyTransfers(Error):  # type: ignore[misc]
    """Every transfer thread is busy; waiting in line could take hours, so we say so at once."""

    code = 503
    reason = "Service Unavailable"


@dataclass(frozen=True, slots=True)
class Transfer:
    """A channel in the pool of transfers, counted until it is served."""

    channel: Any
    end: Callable[[], None]

    def service(self) -> None:
        """Serve the channel's first request; waitress calls this in a thread."""
        try:
            self.channel.service()
        finally:
            self.end()

    def cancel(self) -> None:
        """Give the channel up; waitress calls this when it shuts down."""
        self.channel.cancel()
        self.end()


class Pools(ThreadedTaskDispatcher):  # type: ignore[misc]
    """waitress's dispatcher for short requests, with two pools beside it.

    An upload holds its thread for as long as the client's line needs. A request that is refused
    gets a thread only for its answer, and never one that a client with rights could need.
    """

    def __init__(self, *, threads: int, transfer_threads: int) -> None:
        super().__init__()
        self.set_thread_count(threads)
        self._transfers = _pool(transfer_threads)
        self._refusals = _pool(REFUSAL_THREADS)
        self._limit = transfer_threads
        self._running = 0
        self._count = threading.Lock()

    def add_task(self, task: Any) -> None:
        """Take a channel, whose first request is to be served."""
        request = task.requests[0]
        if request.error or request.is_refused:
            self._refusals.add_task(task)
        elif not request.streams:
            super().add_task(task)
        elif self._begin():
            self._transfers.add_task(Transfer(task, self._end))
        else:
            request.error = TooManyTransfers(
                f"All {self._limit} transfers of this server are in use; try again."
            )
            self._refusals.add_task(task)

    def _begin(self) -> bool:
        with self._count:
            if self._running >= self._limit:
                return False
            self._running += 1
            return True

    def _end(self) -> None:
        with self._count:
            self._running -= 1

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        done = [
            super().shutdown(cancel_pending, timeout),
            self._transfers.shutdown(cancel_pending, timeout),
            self._refusals.shutdown(cancel_pending, timeout),
        ]
        return all(done)


def _pool(threads: int) -> ThreadedTaskDispatcher:
    pool = ThreadedTaskDispatcher()
    pool.set_thread_count(threads)
    return pool
