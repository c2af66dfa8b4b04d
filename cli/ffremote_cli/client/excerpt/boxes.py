"""Finds the index of MP4 and MOV files by the headers of their boxes."""

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_FIRST = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_INDEX = (b"moov", b"sidx", b"mfra", b"meta")
_FRAGMENT, _FRAGMENTS = b"moof", b"sidx"
_MEDIA = b"mdat"
_MEDIA_BYTES = 2 << 20
"""Bytes of the media data in which the first frames are, to be decoded."""
_MAX_BOXES = 24
_HEADER = 16


class Box(NamedTuple):
    """A box at the top level: its name, and where it is."""

    name: bytes
    offset: int
    length: int


def index_ranges(file: BinaryIO, size: int) -> list[tuple[int, int]] | None:
    """Return offset and length of the index, of the first media data, and of the headers of boxes.

    There are none for other files; None for fragments without an index, which are read one by one.
    """
    boxes = list(_boxes(file, size))
    names = [box.name for box in boxes]
    if _FRAGMENT in names and _FRAGMENTS not in names:
        return None
    ranges = [(box.offset, box.length if box.name in _INDEX else _HEADER) for box in boxes]
    media = next((box.offset for box in boxes if box.name == _MEDIA and box.length > _HEADER), None)
    return ranges if media is None else [*ranges, (media, _MEDIA_BYTES)]


def _boxes(file: BinaryIO, size: int) -> Iterator[Box]:
    at = 0
    for number in range(_MAX_BOXES):
        file.seek(at)
        head = file.read(_HEADER)
        if len(head) < _HEADER or (number == 0 and head[4:8] not in _FIRST):
            return
        length, name = struct.unpack(">I4s", head[:8])
        if length == 1:
            length = struct.unpack(">Q", head[8:])[0]
        length = min(length or size, size - at)  # 0: to the end of the file
        if length < 8:
            return
        yield Box(name, at, length)
        at += length
