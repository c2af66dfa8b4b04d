"""Reads the duration that a file's own header declares, where FFmpeg silently corrects it.

For a truncated AVI, WAV or WMV, FFmpeg reports the length that is left, or none, and it never
checks whether the last page of an Ogg is present; so a truncated file would look complete.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MAX_CHUNKS = 64
_MAX_HEAD = 1 << 16  # bytes that are read of one chunk
_TAIL = 1 << 17  # an Ogg page has 65307 bytes at most
_LAST_PAGE = 4
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_IS_BROADCAST = 1


@dataclass(frozen=True, slots=True)
class DeclaredDuration:
    """The duration in seconds by the header (None if not given); whether the end is missing."""

    seconds: float | None = None
    breaks_off: bool = False


def read_declared(path: Path) -> DeclaredDuration:
    """Read a file's header and end; an unknown or malformed file declares nothing."""
    with path.open("rb") as file:
        head = file.read(12)
        try:
            if head[:4] in (b"RIFF", b"RF64") and head[8:] == b"WAVE":
                return DeclaredDuration(_wave_seconds(file))
            if head[:4] == b"RIFF" and head[8:] == b"AVI ":
                return DeclaredDuration(_avi_seconds(file))
            if head == _ASF[:12]:
                return DeclaredDuration(_asf_seconds(file))
            if head[:4] == b"OggS":
                return DeclaredDuration(breaks_off=_lacks_last_page(file, path.stat().st_size))
        except struct.error:
            pass  # the file ends inside a chunk: FFmpeg reports that itself
    return DeclaredDuration()


def _wave_seconds(file: BinaryIO) -> float | None:
    byte_rate, long_size = 0, None
    for _ in range(_MAX_CHUNKS):
        name, size = struct.unpack("<4sI", file.read(8))
        if name == b"data":
            data = size if long_size is None else long_size
            return None if _is_placeholder(data) or not byte_rate else _sane(data / byte_rate)
        body = file.read(min(size, _MAX_HEAD))
        if name == b"fmt ":
            byte_rate = struct.unpack_from("<I", body, 8)[0]
        elif name == b"ds64":
            long_size = struct.unpack_from("<Q", body, 8)[0]
        file.seek(size - len(body) + size % 2, 1)
    return None


def _is_placeholder(size: int) -> bool:
    """Whether a recorder wrote this size because it could not, or did not, update the header."""
    return size == 0 or 0x7FFF0000 <= size <= 0x80000100 or 0xFFFFF000 <= size <= 0xFFFFFFFF


def _avi_seconds(file: BinaryIO) -> float | None:
    head = file.read(_MAX_HEAD)
    at = head.find(b"avih")
    if at < 0:
        return None
    frame_microseconds, frames = struct.unpack_from("<I12xI", head, at + 8)
    return _sane(frame_microseconds * frames / 1e6)


def _asf_seconds(file: BinaryIO) -> float | None:
    head = file.read(_MAX_HEAD)
    at = head.find(_ASF_PROPERTIES)
    if at < 0:
        return None
    ticks, preroll_ms, flags = struct.unpack_from("<Q8xQI", head, at + 64)
    return None if flags & _IS_BROADCAST else _sane(ticks / 1e7 - preroll_ms / 1e3)


def _sane(seconds: float) -> float | None:
    return seconds if 0 < seconds < 1e9 else None


def _lacks_last_page(file: BinaryIO, size: int) -> bool:
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    at = tail.rfind(b"OggS")
    if at < 0:
        return True
    segments = tail[at + 26] if at + 26 < len(tail) else 255
    end = at + 27 + segments + sum(tail[at + 27 : at + 27 + segments])
    return end > len(tail) or not tail[at + 5] & _LAST_PAGE
