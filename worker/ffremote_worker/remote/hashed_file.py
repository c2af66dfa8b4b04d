"""A file that is read in pieces from any offset, and hashed in order in a thread meanwhile."""

import hashlib
from typing import BinaryIO, Self

from ffremote.files.background_hash import BackgroundHash
from ffremote.host.closeable import Closeable

from .rate import BLOCK_BYTES, SharedRate


class HashedFile(Closeable):
    """An open file; with a `sha256` that is known it is not hashed."""

    def __init__(self, file: BinaryIO, sha256: str | None = None) -> None:
        self.size = file.seek(0, 2)
        self._file = file
        self._known = sha256
        self._hashed = 0
        self._digest = hashlib.sha256()
        self._hash = BackgroundHash(self._digest)
        self._is_hashing = sha256 is None

    def __enter__(self) -> Self:
        if self._is_hashing:
            self._hash.__enter__()
        return self

    def close(self) -> None:
        """End the thread."""
        if self._is_hashing:
            self._is_hashing = False
            self._hash.__exit__()

    def read(self, offset: int, count: int) -> bytes:
        """Return a block."""
        self._file.seek(offset)
        block = self._file.read(count)
        if self._is_hashing and offset == self._hashed:
            self._hash.update(block)
            self._hashed += len(block)
        return block

    def sha256(self) -> str:
        """Return the sha256 of all bytes; what was not read in order is read now."""
        if self._known is None:
            while self._hashed < self.size and self.read(self._hashed, BLOCK_BYTES):
                pass
            self.close()
            self._known = self._digest.hexdigest()
        return self._known


class Piece:
    """A section of a file as the body of a request."""

    def __init__(self, file: HashedFile, start: int, length: int, rate: SharedRate) -> None:
        self._file = file
        self._position = start
        self._left = length
        self._length = length
        self._rate = rate

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """Return the next block, none at the end."""
        wanted = self._left if size < 0 else min(size, self._left)
        block = self._file.read(self._position, min(wanted, self._rate.block))
        self._rate.wait(len(block))
        self._position += len(block)
        self._left -= len(block)
        return block
