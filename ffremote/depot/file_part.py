"""A range of a file on this host's disk."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

BLOCK_BYTES = 1 << 20


class FilePart(io.FileIO):
    """The bytes `start` to `stop` (exclusive) of a file; sendfile can use its descriptor."""

    def __init__(self, path: Path, start: int, stop: int) -> None:
        super().__init__(path, opener=_open)
        self.seek(start)
        self._stop = stop

    def read(self, size: int | None = -1, /) -> bytes:
        remaining = max(0, self._stop - self.tell())
        count = remaining if size is None or size < 0 else min(size, remaining)
        return super().read(count) or b""

    def blocks(self) -> Iterator[bytes]:
        """Yield the remaining bytes, for servers without `wsgi.file_wrapper`."""
        with self:
            while block := self.read(BLOCK_BYTES):
                yield block


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)
