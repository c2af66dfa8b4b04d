"""Input files: opened, checked, and read in slices that report their progress."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...errors import LocalFileProblem
from .playlists import HEAD_BYTES, refuse_playlist
from .transfer import OnBytes, Transfer


class SeekableFile(Protocol):
    """What an upload reads: a file, or an archive that is made while it is read."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most `size`."""

    def seek(self, offset: int, /) -> int:
        """Continue at this byte."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An open input file, with its size in bytes and its modification time."""

    path: Path
    file: SeekableFile
    size: int
    mtime_ns: int
    identity: tuple[int, int]
    """Device and inode of a file: equal for every path of the same file."""
    location: str
    """The absolute path, by which a later process opens the input again."""
    order: str = ""
    """The name of the order of its bytes; empty for that of the file."""
    original_sha256: Callable[[], str] | None = None
    """Computes the sha256 of the file in its own order, if that is another."""

    def read(self, size: int) -> bytes:
        """Return the next bytes; raise LocalFileProblem if the file became shorter."""
        try:
            block = self.file.read(size)
        except OSError as exc:  # otherwise it would look like an error of the connection
            raise LocalFileProblem(f"{self.path} cannot be read: {exc.strerror}") from exc
        if not block:
            raise LocalFileProblem(f"{self.path} became shorter while it was being uploaded")
        return block

    def has_changed(self) -> bool:
        """Whether the file at the path is no longer the one that was opened, or was written to."""
        try:
            stat = self.path.stat()
        except OSError:  # it was removed; the open file had all its bytes
            return False
        now = (stat.st_size, stat.st_mtime_ns, (stat.st_dev, stat.st_ino))
        return now != (self.size, self.mtime_ns, self.identity)


@contextmanager
def open_source(path: Path) -> Iterator[SourceFile]:
    """Open a file; raise LocalFileProblem if it is empty, a playlist or not a file."""
    try:
        file = path.open("rb")
    except OSError as exc:
        raise LocalFileProblem(f"{path} cannot be read: {exc.strerror}") from exc
    with file:
        stat = os.fstat(file.fileno())
        if not path.is_file():
            raise LocalFileProblem(f"{path} is not a file")
        if stat.st_size == 0:
            raise LocalFileProblem(f"{path} is empty")
        refuse_playlist(path, file.read(HEAD_BYTES))
        file.seek(0)
        identity = (stat.st_dev, stat.st_ino)
        location = str(path.resolve())
        yield SourceFile(path, file, stat.st_size, stat.st_mtime_ns, identity, location)


class SourceSlice:
    """`length` bytes of an input from `start`, as a body that requests streams."""

    def __init__(
        self,
        source: SourceFile,
        start: int,
        length: int,
        transfer: Transfer,
        *,
        on_bytes: OnBytes,
    ) -> None:
        source.file.seek(start)
        self._source = source
        self._position = start
        self._remaining = length
        self._length = length
        self._transfer = transfer
        self._on_bytes = on_bytes

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """Return the next block; `b""` at the end of the slice."""
        if not self._remaining:
            return b""
        wanted = self._remaining if size < 0 else min(size, self._remaining)
        block = self._source.read(min(wanted, self._transfer.rate.block))
        self._transfer.pace(len(block))
        self._remaining -= len(block)
        self._position += len(block)
        if self._position == self._source.size and self._source.order:
            self._refuse_change()
        self._on_bytes(self._position, self._source.size)
        return block

    def _refuse_change(self) -> None:
        """Raise LocalFileProblem, before the last bytes, for a file whose index may not fit now."""
        if self._source.has_changed():
            raise LocalFileProblem(
                f"{self._source.path} changed while it was uploaded",
                hint="run the command again once nothing writes to it",
            )
