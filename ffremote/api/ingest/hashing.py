"""The sha256 of uploads, computed while they are received and kept between their requests."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from ffremote.depot.protocol import Depot
from ffremote.files.background_hash import Hash

BLOCK_BYTES = 1 << 20
MAX_DIGESTS = 1024


class Digests:
    """Running hashes by upload id, each with the number of bytes that it has hashed.

    They exist in this process only: after a restart, or if a later chunk reaches another process,
    the completed file is read once more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._digests: OrderedDict[str, tuple[int, Hash]] = OrderedDict()

    def pop(self, upload_id: str, offset: int) -> Hash | None:
        """Remove and return the hash of exactly the first `offset` bytes, None if unknown."""
        with self._lock:
            hashed_bytes, digest = self._digests.pop(upload_id, (0, hashlib.sha256()))
        return digest if hashed_bytes == offset else None

    def store(self, upload_id: str, offset: int, digest: Hash | None) -> None:
        """Store the hash of an upload's first `offset` bytes; drop the oldest above the limit."""
        if digest is None:
            return
        with self._lock:
            self._digests[upload_id] = (offset, digest)
            while len(self._digests) > MAX_DIGESTS:
                self._digests.popitem(last=False)


def sha256_of_kept(
    depot: Depot, key: str, on_block: Callable[[int], None] = lambda size: None
) -> str:
    """Return the sha256 of a file of the depot in hex; raise FileNotFoundError.

    `on_block` is called with the bytes of each block, and may raise to give up.
    """
    digest = hashlib.sha256()
    for block in depot.open(key, 0, depot.size(key)).blocks():
        digest.update(block)
        on_block(len(block))
    return digest.hexdigest()


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file in hex."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
