"""Tells which parts of a file other processes have read, by the pages in the kernel's cache.

The file must be new, and no process has read the watched ranges before. A page that was read once
is in the cache until memory is short. A canary, a page that is read first, tells whether the file
system takes part in this, and at the end whether pages were dropped meanwhile. What the kernel
reads ahead counts as read, so the answer may be too long, never too short.
"""

import ctypes
import mmap
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ffremote.host.closeable import Closeable

from .sparse_file import Ranges, lay_out

_PAGE = mmap.PAGESIZE
_WINDOW = 256 << 20
_AROUND = 2 << 20
_MAX_CANARY = 64 << 10
_TRIAL_BYTES = 16 << 20
_RESIDENT = re.compile(rb"[^\0]+")


class ReadWatch(Closeable):
    """Watches ranges of a file that begin and end at multiples of a page, or at its end."""

    def __init__(self, path: Path, ranges: Ranges) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._ranges = [each for each in ranges if each[1] >= _PAGE]
        self._canary: tuple[int, int] | None = None
        self.can_tell = not ranges or (sys.platform == "linux" and self._set_canary())
        """Whether `read_ranges` will know anything."""

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def read_ranges(self) -> list[tuple[int, int]] | None:
        """Return offset and length of what was read of the ranges; None if that is not known."""
        if not self._ranges:
            return []
        if not self.can_tell or self._canary is None:
            return None
        found = [run for start, length in self._ranges for run in self._cached(start, length)]
        first, length = self._canary
        if not any(at <= first < at + size for at, size in found):
            return None  # pages were dropped
        return [piece for run in found for piece in _without(run, (first, length))]

    def _set_canary(self) -> bool:
        """Read one page, and see whether it and nothing else is in the cache then."""
        if not self._ranges:
            return False
        start, length = max(self._ranges, key=lambda each: each[1])
        at = start + secrets.randbelow(length // _PAGE) * _PAGE
        begin = max(start, at - _AROUND)
        try:
            os.posix_fadvise(self._file, 0, 0, os.POSIX_FADV_RANDOM)
            os.pread(self._file, 1, at)
            found = list(self._cached(begin, min(start + length, at + _AROUND) - begin))
        except OSError:
            return False  # such as a file system without shared mappings
        self._canary = found[0] if found else None
        return len(found) == 1 and found[0][0] <= at and found[0][1] <= _MAX_CANARY

    def _cached(self, start: int, length: int) -> Iterator[tuple[int, int]]:
        """Yield the runs of bytes of a range that are in the cache."""
        for begin in range(start, start + length, _WINDOW):
            pages = _pages_in_cache(self._file, begin, min(_WINDOW, start + length - begin))
            for run in _RESIDENT.finditer(pages):
                yield begin + run.start() * _PAGE, len(run[0]) * _PAGE


def _pages_in_cache(file: int, start: int, length: int) -> bytes:
    """Return a byte for each page, which is not 0 if the page is in the cache."""
    state = (ctypes.c_ubyte * -(-length // _PAGE))()
    # mapped for writing, since ctypes takes addresses of writable memory only
    with mmap.mmap(file, length, offset=start) as mapped:
        first = ctypes.c_char.from_buffer(mapped)
        libc = ctypes.CDLL(None, use_errno=True)
        failed = libc.mincore(
            ctypes.c_void_p(ctypes.addressof(first)), ctypes.c_size_t(length), state
        )
        del first
    if failed:
        raise OSError(ctypes.get_errno(), "mincore")
    return bytes(state)


def _without(run: tuple[int, int], hidden: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield what of a run is outside of the hidden range."""
    begin, end = run[0], run[0] + run[1]
    before, after = (begin, min(end, hidden[0])), (max(begin, hidden[0] + hidden[1]), end)
    yield from ((a, b - a) for a, b in (before, after) if b > a)


def works_in(directory: Path) -> bool:
    """Whether sparse files in this directory can be made and watched."""
    with tempfile.TemporaryDirectory(dir=directory) as made:
        path, part = Path(made, "whole"), Path(made, "part")
        part.write_bytes(bytes(_PAGE))
        if not lay_out(part, path, [(0, _PAGE)], size=_TRIAL_BYTES):
            return False
        with ReadWatch(path, [(_PAGE, _TRIAL_BYTES - _PAGE)]) as watch:
            return watch.can_tell
