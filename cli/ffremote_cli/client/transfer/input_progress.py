"""The progress of several uploads of one job, which run in threads: of each, and of all."""

import threading
from collections.abc import Sequence
from pathlib import Path

from .transfer import Transfer


class InputProgress:
    """Sums up the bytes of the uploads; calls the callbacks from one thread at a time."""

    def __init__(self, done: Sequence[int], sizes: Sequence[int], transfer: Transfer) -> None:
        """`done` are the bytes of each upload that the server has already."""
        self._done = list(done)
        self._sizes = sizes
        self._total = sum(sizes)
        self._transfer = transfer
        self._lock = threading.Lock()
        transfer.report_sent(sum(done), self._total)

    def transfer_of(self, index: int, path: Path, stop: threading.Event) -> Transfer:
        """Return the transfer of one upload, which is that of the input at `path`."""

        def on_bytes(done: int, _: int | None) -> None:
            with self._lock:
                self._done[index] = done
                self._transfer.on_input_bytes(path, done, self._sizes[index])
                self._transfer.on_bytes(sum(self._done), self._total)

        retry = self._transfer.retry.for_thread(stop, self._lock)
        return Transfer(retry, stop, on_bytes, rate=self._transfer.rate)
