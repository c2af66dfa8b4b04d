"""Counts the pictures of a WebP file, since FFmpeg before 8 does not read animations."""

import struct
from pathlib import Path
from typing import BinaryIO

_HEAD = struct.Struct("<4sI4s")
_CHUNK = struct.Struct("<4sI")
_PICTURES = (b"VP8 ", b"VP8L", b"ANMF")


def count_frames(path: Path) -> int | None:
    """Return the number of pictures; None for a file that is no WebP, or is cut off."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return None
        riff, length, kind = _HEAD.unpack(head)
        if (riff, kind) != (b"RIFF", b"WEBP") or length + 8 > size:
            return None
        return _count(file, size)


def _count(file: BinaryIO, size: int) -> int | None:
    count = 0
    while chunk := file.read(_CHUNK.size):
        if len(chunk) < _CHUNK.size:
            return None
        name, length = _CHUNK.unpack(chunk)
        count += name in _PICTURES
        if file.seek(length + length % 2, 1) > size:
            return None
    return count
