"""The film on this machine: opened, and read in slices that report how far they are."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ...errors import LocalFileProblem
from .playlists import HEAD_BYTES, refuse_playlist

OnBytes = Callable[[int, int | None], None]
"""Called with the bytes that are there and all that there will be."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An open film."""

    path: Path
    file: BinaryIO
    size: int
    mtime_ns: int

    def read(self, size: int) -> bytes:
        """The next bytes; a film that became shorter is told."""
        try:
            block = self.file.read(size)
        except OSError as exc:  # here, and not as an error of the connection
            raise LocalFileProblem(f"{self.path} cannot be read: {exc.strerror}") from exc
        if not block:
            raise LocalFileProblem(f"{self.path} became shorter while it was being uploaded")
        return block


@contextmanager
def opened(path: Path) -> Iterator[SourceFile]:
    """Open the film; refuses what can be seen here to be none."""
    try:
        file = path.open("rb")
    except OSError as exc:
        raise LocalFileProblem(f"{path} cannot be read: {exc.strerror}") from exc
    with file:
        facts = os.fstat(file.fileno())
        if not path.is_file():
            raise LocalFileProblem(f"{path} is not a file")
        if facts.st_size == 0:
            raise LocalFileProblem(f"{path} is empty")
        refuse_playlist(path, file.read(HEAD_BYTES))
        file.seek(0)
        yield SourceFile(path, file, facts.st_size, facts.st_mtime_ns)


class SourceSlice:
    """`length` bytes of a film from `start` on, as a body that requests streams."""

    def __init__(self, film: SourceFile, start: int, length: int, on_bytes: OnBytes) -> None:
        film.file.seek(start)
        self._film = film
        self._have = start
        self._left = length
        self._length = length
        self._on_bytes = on_bytes

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """The next block; `b""` at the end of the slice."""
        if not self._left:
            return b""
        block = self._film.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(block)
        self._have += len(block)
        self._on_bytes(self._have, self._film.size)
        return block
