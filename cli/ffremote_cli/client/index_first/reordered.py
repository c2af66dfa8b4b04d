"""The bytes of an MP4 or MOV in another order: its index before its media.

    [boxes before the first media][index, its offsets moved][the rest in its order]

The size stays the same, so do the bytes of the same file every time: an upload resumes anywhere.
"""

import hashlib
from typing import NamedTuple, Protocol

from .boxes import Box, NotFit, walk
from .index import moved, refuse_other_places

MAX_INDEX_BYTES = 64 << 20
_BLOCK = 1 << 20


class _File(Protocol):
    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most `size`."""

    def seek(self, offset: int, /) -> int:
        """Continue at this byte."""


class _Part(NamedTuple):
    """Bytes of the new order; `source` is where they are in the file, None for the index."""

    start: int
    end: int
    source: int | None


class Reordered:
    """The file as it is sent; only the index is held in memory. One thread at a time."""

    def __init__(self, file: _File, size: int) -> None:
        """Read the boxes; raise NotFit for a file that is sent as it is."""
        self._file = file
        self._size = size
        self._position = 0
        boxes = list(walk(lambda at: self._load(at, min(16, size - at)), 0, size))
        index, media = _index_and_media(boxes)
        refuse_other_places(self._whole(box) for box in boxes if box.kind in (b"moov", b"meta"))
        self._index = moved(self._whole(index), index, media)
        first, end = media[0].start, media[0].start + index.size
        self._parts = (
            _Part(0, first, 0),
            _Part(first, end, None),
            _Part(end, index.end, first),
            _Part(index.end, size, index.end),
        )

    def seek(self, offset: int, /) -> int:
        """Continue at this byte of the new order."""
        self._position = offset
        return offset

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most `size`; none at the end, also of a file cut meanwhile."""
        part = next((each for each in self._parts if self._position < each.end), None)
        if part is None:
            return b""
        within = self._position - part.start
        wanted = min(size, part.end - self._position)
        if part.source is None:
            block = self._index[within : within + wanted]
        else:
            self._file.seek(part.source + within)
            block = self._file.read(wanted)
        self._position += len(block)
        return block

    def original_sha256(self) -> str:
        """Return the sha256 of the file in its own order."""
        digest = hashlib.sha256()
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            digest.update(block)
        return digest.hexdigest()

    def _whole(self, box: Box) -> bytes:
        if box.size > MAX_INDEX_BYTES:
            raise NotFit("its index is larger than 64 MiB")
        return self._load(box.start, box.size)

    def _load(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        content = self._file.read(length)
        if len(content) < length:
            raise NotFit("it became shorter")
        return content


def _index_and_media(boxes: list[Box]) -> tuple[Box, list[Box]]:
    """Return the only index, which lies behind media, and all media."""
    indexes = [box for box in boxes if box.kind == b"moov"]
    media = [box for box in boxes if box.kind == b"mdat" and box.body < box.end]
    if any(box.kind in (b"moof", b"sidx", b"mfra") for box in boxes):
        raise NotFit("it is fragmented")
    if len(indexes) != 1 or not media:
        raise NotFit("it does not have one index and media")
    if indexes[0].start < media[0].start:
        raise NotFit("its index is first already")
    return indexes[0], media
