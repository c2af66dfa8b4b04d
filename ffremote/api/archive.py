"""The files of a job as one ZIP archive, made while it is sent; any range without reading the rest.

The layout is known from the rows, so that a byte's file is found by its offset. One file is open at
a time, whatever the number of files.
"""

import io
import os
import socket
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate

from ffremote.depot import keys
from ffremote.depot.protocol import Depot, Part
from ffremote.files.publication import PublishedFile
from ffremote.files.zip_layout import Member, directory

BLOCK_BYTES = 1 << 20
ENDED = "a file ended before its promised length"


class Archive:
    """An archive of the files of a folder of the depot, which have their positions as names."""

    def __init__(self, depot: Depot, folder: str, files: Sequence[PublishedFile]) -> None:
        self._depot = depot
        self._folder = folder
        self.members = [Member(each.name, each.bytes, each.crc32) for each in files]
        self.end = directory(self.members)
        lengths = (len(each.header) + each.size for each in self.members)
        self.offsets = [0, *accumulate(lengths)]
        """Where each file's header begins, and at last the directory of the archive."""

    @property
    def is_on_this_disk(self) -> bool:
        """Whether the depot is on this host."""
        return self._depot.is_on_this_disk

    @property
    def size(self) -> int:
        """The size of the archive; raise FileNotFoundError when its files were removed."""
        self._depot.size(keys.file(self._folder, 0))
        return self.offsets[-1] + len(self.end)

    def part(self, start: int, stop: int) -> "PartOfArchive":
        """Return the bytes `start` to `stop` (exclusive)."""
        return PartOfArchive(self, start, stop)

    def open(self, number: int) -> Part:
        """Open one of the files."""
        key = keys.file(self._folder, number)
        return self._depot.open(key, 0, self.members[number].size)


class PartOfArchive(io.RawIOBase):
    """A range of an archive as a file; its offsets are those of the archive."""

    def __init__(self, archive: Archive, start: int, stop: int) -> None:
        super().__init__()
        self._archive = archive
        self._offset = start
        self._stop = stop
        self._number: int | None = None
        self._file: Part | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._offset

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        bases = {os.SEEK_SET: 0, os.SEEK_CUR: self._offset, os.SEEK_END: self._stop}
        self._offset = bases[whence] + offset
        return self._offset

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes; none at the end. Raise OSError if a file is too short."""
        count = self._stop - self._offset
        if 0 <= size < count:
            count = size
        if count <= 0:
            return b""
        piece = self._piece()
        if isinstance(piece, bytes):
            block = piece[:count]
        else:
            piece.file.seek(piece.place)
            block = piece.file.read(min(count, piece.length, BLOCK_BYTES))
            if not block:
                raise OSError(ENDED)
        self._offset += len(block)
        return block

    def send_to(self, client: socket.socket, count: int) -> int:
        """Send up to `count` bytes from the current offset, which stays; return how many were sent.

        0 means that the non-blocking `client` accepts no more now. Raise OSError as `read`.
        """
        begin, stop = self._offset, min(self._offset + count, self._stop)
        try:
            with suppress(BlockingIOError):
                while self._offset < stop:
                    self._offset += self._send_piece(client, stop - self._offset)
            return self._offset - begin
        finally:
            self._offset = begin

    def blocks(self) -> Iterator[bytes]:
        """Yield the remaining bytes, for servers without `wsgi.file_wrapper`."""
        with self:
            while block := self.read(BLOCK_BYTES):
                yield block

    def close(self) -> None:
        self._close_file()
        super().close()

    def _send_piece(self, client: socket.socket, count: int) -> int:
        piece = self._piece()
        if isinstance(piece, bytes):
            more = getattr(socket, "MSG_MORE", 0)  # the file's bytes follow in the same packet
            return client.send(piece[:count], more)
        descriptor, length = piece.file.fileno(), min(count, piece.length)
        sent = os.sendfile(client.fileno(), descriptor, piece.place, length)
        if sent == 0:
            raise OSError(ENDED)
        return sent

    def _piece(self) -> "bytes | _Rest":
        """Return the bytes between files at the current offset, or the rest of the opened file."""
        archive, number = self._archive, bisect_right(self._archive.offsets, self._offset) - 1
        inner = self._offset - archive.offsets[number]
        if number == len(archive.members):
            return archive.end[inner:]
        member = archive.members[number]
        header = member.header
        if inner < len(header):
            return header[inner:]
        place = inner - len(header)
        return _Rest(self._opened(number), place, member.size - place)

    def _opened(self, number: int) -> Part:
        if self._file is None or number != self._number:
            self._close_file()
            self._file, self._number = self._archive.open(number), number
        return self._file

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._number = None, None


@dataclass(frozen=True, slots=True)
class _Rest:
    """A file, the offset from which it is to be sent, and how many bytes are left of it."""

    file: Part
    place: int
    length: int
