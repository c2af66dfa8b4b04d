"""Thread pools: transfers and refusals never occupy the threads of short requests."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from re import Pattern
from typing import Any

from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import Error

from ffremote.clock import monotonic

REFUSAL_THREADS = 4
END_SECONDS = 5.0  # for the requests that run when the server is stopped


class TooManyTransfers(Error):  # type: ignore[misc]  # waitress has no types
    """Every transfer thread is busy; a queued transfer could wait for hours, so it is refused."""

    code = 503
    reason = "Service Unavailable"


@dataclass(frozen=True, slots=True)
class Transfer:
    """A channel in the transfer pool, counted as running until it has been served."""

    channel: Any
    release: Callable[[], None]

    def service(self) -> None:
        """Serve the channel's first request; waitress calls this in a thread."""
        try:
            self.channel.service()
        finally:
            self.release()

    def cancel(self) -> None:
        """Cancel the channel's request; waitress calls this when it shuts down."""
        self.channel.cancel()
        self.release()


class Pools(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """waitress's dispatcher for short requests, with a pool for transfers and one for refusals.

    An upload occupies its thread for as long as the client's connection needs. A refused request
    gets a thread only for its response, and never one that an authorized client could need.
    `transfers` matches method and path of requests that move files which are not on this disk.
    """

    def __init__(
        self, *, threads: int, transfer_threads: int, transfers: Pattern[str] | None = None
    ) -> None:
        super().__init__()
        self.set_thread_count(threads)
        self._transfers = _pool(transfer_threads)
        self._refusals = _pool(REFUSAL_THREADS)
        self._limit = transfer_threads
        self._moves_files = transfers
        self._running = 0
        self._lock = threading.Lock()

    def add_task(self, task: Any) -> None:
        """Queue a channel's first request in the pool for its kind."""
        request = task.requests[0]
        if request.error or request.is_refused:
            self._refusals.add_task(task)
        elif not (request.streams or self._is_transfer(request)):
            super().add_task(task)
        elif self._acquire():
            self._transfers.add_task(Transfer(task, self._release))
        else:
            request.error = TooManyTransfers(
                f"All {self._limit} transfers of this server are in use; try again later."
            )
            self._refusals.add_task(task)

    def _is_transfer(self, request: Any) -> bool:
        pattern = self._moves_files
        return pattern is not None and bool(pattern.fullmatch(f"{request.command} {request.path}"))

    def _acquire(self) -> bool:
        with self._lock:
            if self._running >= self._limit:
                return False
            self._running += 1
            return True

    def _release(self) -> None:
        with self._lock:
            self._running -= 1

    def shutdown(self, cancel_pending: bool = True, timeout: float = END_SECONDS) -> bool:
        """Wait for the requests of all pools, together no longer than `timeout`."""
        deadline = monotonic() + timeout
        return all(
            [
                super().shutdown(cancel_pending, timeout),
                self._transfers.shutdown(cancel_pending, max(0.0, deadline - monotonic())),
                self._refusals.shutdown(cancel_pending, max(0.0, deadline - monotonic())),
            ]
        )


def _pool(threads: int) -> ThreadedTaskDispatcher:
    pool = ThreadedTaskDispatcher()
    pool.set_thread_count(threads)
    return pool
