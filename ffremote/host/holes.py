"""Gives the disk space of a range of a file back, while the file keeps its size."""

import ctypes
import sys
from collections.abc import Callable
from typing import Any

_KEEP_SIZE, _PUNCH_HOLE = 1, 2  # FALLOC_FL_… of fallocate(2)


def punch(descriptor: int, start: int, count: int) -> bool:
    """Make a hole, which reads as zeros; return False where the file system has none."""
    return count <= 0 or _fallocate(descriptor, _PUNCH_HOLE | _KEEP_SIZE, start, count) == 0


def _load() -> Callable[[int, int, int, int], Any]:
    """Return fallocate(2) of the C library, or a function that fails on other systems."""
    call = getattr(ctypes.CDLL(None), "fallocate", None) if sys.platform == "linux" else None
    if call is None:
        return lambda _descriptor, _mode, _start, _count: -1
    call.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    return call  # type: ignore[no-any-return]  # ctypes has no type for it


_fallocate = _load()
