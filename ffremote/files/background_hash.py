"""A hash that is computed in a thread, while the next block is read, sent or written."""

import queue
import threading
from typing import Protocol, Self

MAX_PENDING = 2


class Hash(Protocol):
    """A hashlib object."""

    def update(self, data: bytes | memoryview, /) -> None: ...

    def hexdigest(self) -> str: ...

    def digest(self) -> bytes: ...


class BackgroundHash:
    """Hashes blocks in a background thread; at most `MAX_PENDING` blocks wait.

    sha256 takes as long as all other work of a transfer, and hashlib releases the GIL.
    """

    def __init__(self, digest: Hash) -> None:
        self._digest = digest
        self._pending: queue.SimpleQueue[bytes | memoryview | None] = queue.SimpleQueue()
        # Two SimpleQueues, because a bounded Queue costs a tenth of the throughput.
        self._free_slots: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(MAX_PENDING):
            self._free_slots.put(None)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def update(self, block: bytes | memoryview, /) -> None:
        """Queue `block`; it must not change until `MAX_PENDING + 1` others have followed."""
        self._free_slots.get()
        self._pending.put(block)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._pending.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (block := self._pending.get()) is not None:
            self._digest.update(block)
            self._free_slots.put(None)
