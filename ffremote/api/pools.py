"""Which thread serves which request: transfers and refusals never hold the threads of polls."""

from typing import Any

from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import Error

REFUSAL_THREADS = 4


class TooManyTransfers(Error):  # type: ignore[misc]
    """Every transfer thread is busy; waiting in line could take hours, so we say so at once."""

    code = 503
    reason = "Service Unavailable"


class Pools(ThreadedTaskDispatcher):  # type: ignore[misc]
    """waitress's dispatcher for short requests, with two pools beside it.

    An upload holds its thread for as long as the client's line needs. A refusal holds its thread
    while it lingers.
    """

    def __init__(self, *, threads: int, transfer_threads: int) -> None:
        super().__init__()
        self.set_thread_count(threads)
        self._transfers = _pool(transfer_threads)
        self._refusals = _pool(REFUSAL_THREADS)
        self._transfer_threads = transfer_threads

    def add_task(self, task: Any) -> None:
        """Take a channel, whose first request is to be served."""
        request = task.requests[0]
        if request.streams and self._is_full():
            request.error = TooManyTransfers(
                f"All {self._transfer_threads} transfers of this server are in use; try again."
            )
        if request.error:
            self._refusals.add_task(task)
        elif request.streams:
            self._transfers.add_task(task)
        else:
            super().add_task(task)

    def _is_full(self) -> bool:
        busy = self._transfers.active_count + len(self._transfers.queue)
        return bool(busy >= self._transfer_threads)

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
