"""Moves the chunk offsets of an MP4's index (`moov`) to where the media will be; checks it first.

Whatever a reader of a pipe could not use, or what names places of the file in another way, is
refused: the file is then sent as it is, and its job waits for all of it.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Sequence

from .boxes import Box, NotFit, walk

MAX_SPREAD_BYTES = 64 << 20
"""From the first media to where the last track begins: FFmpeg holds what comes before."""
_PARENTS = {
    b"trak": b"moov",
    b"tref": b"trak",
    b"mdia": b"trak",
    b"minf": b"mdia",
    b"dinf": b"minf",
    b"dref": b"dinf",
    b"stbl": b"minf",
    b"stco": b"stbl",
    b"co64": b"stbl",
}
_REFUSED = {
    b"chap": "its chapters are a track",
    b"cmov": "its index is compressed",
    b"mvex": "it is fragmented",
    b"rmra": "it only refers to other files",
}
_OFFSETS = {b"stco": struct.Struct(">I"), b"co64": struct.Struct(">Q")}
_OTHER_PLACES = re.compile(rb"(?:iloc|saio)[\0-\2]\0\0[\0\1]|tmcd|enc[av]")


def refuse_other_places(boxes: Iterable[bytes]) -> None:
    """Raise NotFit for pictures, encrypted media and timecodes, which FFmpeg has to seek for.

    Found by their bytes, not by the tree: a chance hit only costs the head start.
    """
    if any(_OTHER_PLACES.search(content) for content in boxes):
        raise NotFit("it has timecodes or pictures, or is encrypted")


def moved(content: bytes, index: Box, media: Sequence[Box]) -> bytes:
    """Return the index, of the same size, for a file in which it comes before all `media`.

    `content` are the bytes of the box `index`, behind the first of `media`. Raise NotFit.
    """
    made = bytearray(content)
    if not any(made[:4]):  # "up to the end of the file", where it will not be
        made[:4] = len(made).to_bytes(4, "big")
    root = Box(index.kind, 0, index.body - index.start, len(made))
    _move(made, root, index, media)
    return bytes(made)


def _move(made: bytearray, parent: Box, index: Box, media: Sequence[Box]) -> None:
    for box in walk(lambda at: made[at : at + 16], parent.body, parent.end):
        if box.kind in _REFUSED:
            raise NotFit(_REFUSED[box.kind])
        if _PARENTS.get(box.kind, parent.kind) != parent.kind:
            raise NotFit("a box is in the wrong place")
        if box.kind == b"dref":
            _refuse_references(made, box)
        elif box.kind in _OFFSETS:
            _move_table(made, box, index, media)
        elif box.kind in _PARENTS:
            _move(made, box, index, media)


def _refuse_references(made: bytearray, dref: Box) -> None:
    """Raise NotFit for a track whose media is in another file."""
    for entry in walk(lambda at: made[at : at + 16], dref.body + 8, dref.end):
        if not int.from_bytes(made[entry.body : entry.body + 4], "big") & 1:
            raise NotFit("the media of a track is in another file")


def _move_table(made: bytearray, table: Box, index: Box, media: Sequence[Box]) -> None:
    entry, start = _OFFSETS[table.kind], table.body + 8
    end = start + entry.size * int.from_bytes(made[start - 4 : start], "big")
    if end > table.end:
        raise NotFit("a table is larger than its box")
    offsets = (offset for (offset,) in entry.iter_unpack(bytes(made[start:end])))
    try:
        places = _places(offsets, index, media)
        for at, offset in zip(range(start, end, entry.size), places, strict=True):
            entry.pack_into(made, at, offset)
    except struct.error:
        raise NotFit("an offset would pass 4 GiB, for which its index has no room") from None


def _places(offsets: Iterable[int], index: Box, media: Sequence[Box]) -> Iterator[int]:
    """Yield where the chunks of a track will be; they must come in the order of time."""
    last, following = -1, iter(media)
    current = next(following)
    for offset in offsets:
        while offset >= current.end:
            current = next(following, Box(b"", 0, 1 << 64, 1 << 64))
        if offset < current.body:
            raise NotFit("the media of a track is outside of mdat")
        if offset < last:
            raise NotFit("the media of a track is not in the order of time")
        if last < 0 and offset - media[0].body > MAX_SPREAD_BYTES:
            raise NotFit("its tracks are not interleaved")
        last = offset
        yield offset + (index.size if offset < index.start else 0)
