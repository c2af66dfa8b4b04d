"""The sha256 of uploads that come in pieces, carried from one request to the next."""

import hashlib
import queue
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Protocol, Self

BLOCK_BYTES = 1 << 20
KEPT = 1024
DEPTH = 2


class Hash(Protocol):
    """What hashlib makes."""

    def update(self, data: bytes | memoryview, /) -> None: ...

    def hexdigest(self) -> str: ...

    def digest(self) -> bytes: ...


class BackgroundHash:
    """Hashes in a thread of its own what its caller writes meanwhile; at most `DEPTH` behind.

    sha256 takes as long as all the rest of an upload, and Python lets go of its lock for it.
    """

    def __init__(self, digest: Hash) -> None:
        self._digest = digest
        self._blocks: queue.SimpleQueue[bytes | memoryview | None] = queue.SimpleQueue()
        self._room: queue.SimpleQueue[None] = queue.SimpleQueue()  # a bounded Queue costs a tenth
        for _ in range(DEPTH):
            self._room.put(None)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def update(self, block: bytes | memoryview, /) -> None:
        """Hash `block` soon; it must stay as it is until `DEPTH + 1` others have followed."""
        self._room.get()
        self._blocks.put(block)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._blocks.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (block := self._blocks.get()) is not None:
            self._digest.update(block)
            self._room.put(None)


class Digests:
    """Running hashes by upload, each with the offset that it has come to.

    They live in this process only. After a restart, or when the next piece came to another
    process, the file is read once more at its end.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[int, Hash]] = OrderedDict()

    def take(self, upload_id: str, offset: int) -> Hash | None:
        """Return the hash of exactly the first `offset` bytes, if it is known."""
        with self._lock:
            reached, digest = self._kept.pop(upload_id, (0, hashlib.sha256()))
        return digest if reached == offset else None

    def keep(self, upload_id: str, offset: int, digest: Hash | None) -> None:
        """Remember how far the hash of an upload has come."""
        if digest is None:
            return
        with self._lock:
            self._kept[upload_id] = (offset, digest)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def sha256_of(path: Path) -> str:
    """Read a whole file and return its sha256 in hex."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
