"""Sends a growing file to the disk while more of it arrives, so that the sync at its end is short.

Without it the kernel gathers gigabytes in memory, and the last piece of an upload waits for them.
"""

import ctypes
import sys
from collections.abc import Callable
from typing import Any

STEP_BYTES = 8 << 20
_WRITE = 2  # SYNC_FILE_RANGE_WRITE of sync_file_range(2): begin to write, wait for nothing


class Writeback:
    """Follows one writer of a file that begins at `start`; it promises nothing, `fsync` does."""

    def __init__(self, descriptor: int, start: int) -> None:
        self._descriptor = descriptor
        self._begun = start

    def reach(self, end: int) -> None:
        """Begin to write out what is there up to `end`, when that is worth a call."""
        count = end - self._begun
        if count >= STEP_BYTES:
            _sync_file_range(self._descriptor, self._begun, count, _WRITE)
            self._begun = end


def _load() -> Callable[[int, int, int, int], Any]:
    """Return sync_file_range(2) of the C library; on other systems than Linux, what does nothing.

    Its own answer is not looked at: it is a hint, and an error of the disk comes again by `fsync`.
    """
    call = getattr(ctypes.CDLL(None), "sync_file_range", None) if sys.platform == "linux" else None
    if call is None:
        return lambda _descriptor, _start, _count, _flags: None
    call.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    return call  # type: ignore[no-any-return]  # ctypes has no type for it


_sync_file_range = _load()
