"""Reads the parts of a file one after the other, as one file."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol

from .parts import Range


class _File(Protocol):
    def read(self, size: int, /) -> bytes: ...

    def seek(self, offset: int, /) -> int: ...


class PartsOfFile:
    """The parts of `file` as a file that is open for reading, as long as all of them together."""

    def __init__(self, file: _File, parts: Sequence[Range]) -> None:
        self._file = file
        self._parts = parts
        self._starts = [0, *accumulate(length for _, length in parts)]
        """Where each part begins in this file, and its end."""
        self._position = 0

    def seek(self, offset: int, /) -> int:
        """Continue at this byte."""
        self._position = offset
        return offset

    def read(self, size: int, /) -> bytes:
        """Return the next bytes of one part, at most `size`; `b""` at the end."""
        number = bisect_right(self._starts, self._position) - 1
        if number >= len(self._parts):
            return b""
        skipped = self._position - self._starts[number]
        offset, length = self._parts[number]
        self._file.seek(offset + skipped)
        block = self._file.read(min(size, length - skipped))
        self._position += len(block)
        return block
