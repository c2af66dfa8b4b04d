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
from itertools import accumulate
from pathlib import Path

from ffremote.files.publication import PublishedFile
from ffremote.files.zip_layout import Member, directory

BLOCK_BYTES = 1 << 20
ENDED = "a file ended before its promised length"


class Archive:
    """An archive of the files in `folder`, which have their positions as names."""

    def __init__(self, folder: Path, files: Sequence[PublishedFile]) -> None:
        self.folder = folder
        self.members = [Member(each.name, each.bytes, each.crc32) for each in files]
        self.end = directory(self.members)
        lengths = (len(each.header) + each.size for each in self.members)
        self.offsets = [0, *accumulate(lengths)]
        """Where each file's header begins, and at last the directory of the archive."""

    @property
    def size(self) -> int:
        """The size of the archive; raise FileNotFoundError when its files were removed."""
        self.folder.stat()
        return self.offsets[-1] + len(self.end)

    def part(self, start: int, stop: int) -> "PartOfArchive":
        """Return the bytes `start` to `stop` (exclusive)."""
        return PartOfArchive(self, start, stop)


class PartOfArchive(io.RawIOBase):
    """A range of an archive as a file; its offsets are those of the archive."""

    def __init__(self, archive: Archive, start: int, stop: int) -> None:
        super().__init__()
        self._archive = archive
        self._offset = start
        self._stop = stop
        self._number: int | None = None
        self._descriptor = -1

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
        head, place, length = self._piece()
        if head:
            block = head[:count]
        else:
            block = os.pread(self._descriptor, min(count, length, BLOCK_BYTES), place)
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
        head, place, length = self._piece()
        if head:
            more = getattr(socket, "MSG_MORE", 0)  # the file's bytes follow in the same packet
            return client.send(head[:count], more)
        sent = os.sendfile(client.fileno(), self._descriptor, place, min(count, length))
        if sent == 0:
            raise OSError(ENDED)
        return sent

    def _piece(self) -> tuple[bytes, int, int]:
        """Return the bytes between files at the current offset, or a place in the opened file.

        The place is the file's offset and the length of its rest.
        """
        archive, number = self._archive, bisect_right(self._archive.offsets, self._offset) - 1
        inner = self._offset - archive.offsets[number]
        if number == len(archive.members):
            return archive.end[inner:], 0, 0
        member = archive.members[number]
        header = member.header
        if inner < len(header):
            return header[inner:], 0, 0
        self._open(number)
        place = inner - len(header)
        return b"", place, member.size - place

    def _open(self, number: int) -> None:
        if number == self._number:
            return
        self._close_file()
        path = self._archive.folder / str(number)
        self._descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._number = number

    def _close_file(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._number = -1, None
