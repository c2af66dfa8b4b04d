"""Lays out parts of a file at their places in a sparse file of the whole size."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

Ranges = Sequence[tuple[int, int]]
"""Offset and length of each, in bytes."""

_TRIAL_BYTES = 16 << 20
_BLOCK = 1 << 20


def lay_out(source: Path, target: Path, parts: Ranges, *, size: int) -> bool:
    """Write the bytes of `source`, which are the parts one after the other, to a new file.

    The rest of `target` reads as zeros and takes no space. Return False, with no file, where the
    file system would store it. Raise ValueError if `source` has another number of bytes.
    """
    with source.open("rb") as read:
        have, wanted = os.fstat(read.fileno()).st_size, sum(length for _, length in parts)
        if have != wanted:
            raise ValueError(f"the upload has {have} bytes, and its parts have {wanted}")
        with target.open("xb") as written:
            if not _is_sparse(written.fileno()):
                target.unlink()
                return False
            for offset, length in parts:
                written.seek(offset)
                _copy(read, written, length)
            written.truncate(size)
    return True


def _is_sparse(file: int) -> bool:
    """Whether the file system stores no zeros that were never written."""
    os.truncate(file, _TRIAL_BYTES)
    return os.fstat(file).st_blocks * 512 < _TRIAL_BYTES // 2


def _copy(source: BinaryIO, target: BinaryIO, length: int) -> None:
    while length:
        block = source.read(min(length, _BLOCK))
        if not block:
            raise ValueError("the upload became shorter")
        target.write(block)
        length -= len(block)
