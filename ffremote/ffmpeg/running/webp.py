"""Counts the pictures of WebP and adds up their times: FFmpeg before 8 does not read animations."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_HEAD = struct.Struct("<4sI4s")
_CHUNK = struct.Struct("<4sI")
_PICTURES = (b"VP8 ", b"VP8L")
_FRAME, _FRAME_HEAD = b"ANMF", 16
_MILLISECONDS = slice(12, 15)


@dataclass(frozen=True, slots=True)
class Pictures:
    """How many pictures a file has, and how long they are shown; None for a still."""

    count: int
    seconds: float | None


def read_pictures(path: Path) -> Pictures | None:
    """Return what a file shows; None for a file that is no WebP, or is cut off."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return None
        riff, length, kind = _HEAD.unpack(head)
        if (riff, kind) != (b"RIFF", b"WEBP") or length + 8 > size:
            return None
        return _read(file, size)


def _read(file: BinaryIO, size: int) -> Pictures | None:
    count, frames, milliseconds = 0, 0, 0
    while chunk := file.read(_CHUNK.size):
        if len(chunk) < _CHUNK.size:
            return None
        name, length = _CHUNK.unpack(chunk)
        count += name in _PICTURES
        end = file.tell() + length + length % 2
        if name == _FRAME:
            frames += 1
            milliseconds += int.from_bytes(file.read(_FRAME_HEAD)[_MILLISECONDS], "little")
        if file.seek(end) > size:
            return None
    return Pictures(count + frames, milliseconds / 1000 if frames else None)
