"""Starts the write-out of a growing file early, so that the final fsync is short.

Without it the kernel collects gigabytes in memory, and the last chunk of an upload waits for them.
"""

import ctypes
import sys
from collections.abc import Callable
from typing import Any

STEP_BYTES = 8 << 20
_WRITE = 2  # SYNC_FILE_RANGE_WRITE of sync_file_range(2): start writing, do not wait


class Writeback:
    """Follows one writer from offset `start`; a hint only, durability comes from `fsync`."""

    def __init__(self, descriptor: int, start: int) -> None:
        self._descriptor = descriptor
        self._submitted = start

    def advance_to(self, end: int) -> None:
        """Start writing out the bytes up to `end`, if there are at least `STEP_BYTES` of them."""
        count = end - self._submitted
        if count >= STEP_BYTES:
            _sync_file_range(self._descriptor, self._submitted, count, _WRITE)
            self._submitted = end


def _load() -> Callable[[int, int, int, int], Any]:
    """Return sync_file_range(2) of the C library, or a function that does nothing on other systems.

    Its result is ignored: it is a hint, and `fsync` reports a disk error again.
    """
    call = getattr(ctypes.CDLL(None), "sync_file_range", None) if sys.platform == "linux" else None
    if call is None:
        return lambda _descriptor, _start, _count, _flags: None
    call.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    return call  # type: ignore[no-any-return]  # ctypes has no type for it


_sync_file_range = _load()
