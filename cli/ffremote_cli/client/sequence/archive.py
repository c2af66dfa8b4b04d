"""A sequence as an uncompressed ustar archive that is made while it is read, never stored.

The same pictures give the same bytes, and any offset can be read without those before it. So an
upload of an archive is resumed like that of a file.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import BinaryIO

from ...errors import LocalFileProblem
from .pictures import Picture

BLOCK = 512
_END = bytes(2 * BLOCK)


class SequenceArchive:
    """The archive as a file that is open for reading; it holds at most one picture open.

    Its members are regular files called `000000.png` and so on: no name, owner or time of this
    machine is sent.
    """

    def __init__(self, pictures: Sequence[Picture]) -> None:
        self._pictures = pictures
        ends = list(accumulate(BLOCK + _padded(picture.size) for picture in pictures))
        self._starts = [0, *ends]
        """The offset of each picture's header, and that of the end of the archive."""
        self.size = ends[-1] + len(_END)
        self._position = 0
        self._index = -1
        self._file: BinaryIO | None = None

    @property
    def digest(self) -> str:
        """A digest of absolute paths, sizes and times: an archive with it can be resumed."""
        listed = (
            f"{each.path.absolute()}\0{each.size}\0{each.mtime_ns}\n" for each in self._pictures
        )
        return hashlib.sha256("".join(listed).encode("utf-8", "surrogateescape")).hexdigest()

    def seek(self, offset: int) -> int:
        """Continue at this byte of the archive."""
        self._position = offset
        return offset

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most `size`; `b""` at the end.

        Raises LocalFileProblem if a picture is gone or has changed since the archive was begun.
        """
        index = bisect_right(self._starts, self._position) - 1
        inside = self._position - self._starts[index]
        if index == len(self._pictures):
            block = _END[inside : inside + size]
        elif inside < BLOCK:
            block = _header(index, self._pictures[index])[inside : inside + size]
        else:
            block = self._content(index, inside - BLOCK, size)
        self._position += len(block)
        return block

    def close(self) -> None:
        """Close the picture that is open."""
        if self._file is not None:
            self._file.close()
        self._file, self._index = None, -1

    def _content(self, index: int, offset: int, size: int) -> bytes:
        picture = self._pictures[index]
        if offset >= picture.size:
            return bytes(min(size, _padded(picture.size) - offset))
        try:
            file = self._opened(index)
            file.seek(offset)
            block = file.read(min(size, picture.size - offset))
        except OSError as exc:
            raise LocalFileProblem(f"{picture.path} cannot be read: {exc.strerror}") from exc
        if not block:
            raise LocalFileProblem(f"{picture.path} became shorter while it was being uploaded")
        return block

    def _opened(self, index: int) -> BinaryIO:
        if self._file is None or self._index != index:
            self.close()
            self._file, self._index = self._pictures[index].path.open("rb"), index
            _require_unchanged(self._pictures[index])
        return self._file


def _require_unchanged(picture: Picture) -> None:
    now = picture.path.stat()
    if (now.st_size, now.st_mtime_ns) != (picture.size, picture.mtime_ns):
        raise LocalFileProblem(f"{picture.path} has changed since the upload began")


def _header(index: int, picture: Picture) -> bytes:
    """Return the member's header, as POSIX.1-1988 describes it."""
    fields = (
        f"{index:06}{picture.path.suffix.lower()}".encode().ljust(100, b"\0"),
        *(b"0000644\0", b"0000000\0", b"0000000\0"),  # mode, owner, group
        f"{picture.size:011o}\0".encode(),
        b"00000000000\0",  # modification time
        b" " * 8,  # the checksum, as it counts in itself
        b"0".ljust(101, b"\0"),  # a regular file, without a link
        b"ustar\x0000",
    )
    header = b"".join(fields).ljust(BLOCK, b"\0")
    checksum = f"{sum(header):06o}\0 ".encode()
    return header[:148] + checksum + header[156:]


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
