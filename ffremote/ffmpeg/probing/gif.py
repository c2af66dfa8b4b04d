"""Whether any picture of a GIF is transparent; FFmpeg's pixel format says so of every GIF."""

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from ..model.media_info import MediaInfo

FORMAT = "gif"
_MAX_BYTES, _MAX_FRAMES = 1 << 20, 64  # what is read of one file
_CONTROL, _EXTENSION, _PICTURE = 0xF9, 0x21, 0x2C
_TO_BACKGROUND = 2


def with_opacity(info: MediaInfo, path: Path) -> MediaInfo:
    """Return the facts with streams marked as opaque, where the beginning of the file shows it."""
    with path.open("rb") as file:
        try:
            is_opaque = not _is_clear(file)
        except IndexError:
            return info  # it ends in the middle: FFmpeg says what is wrong
    streams = tuple(replace(s, is_opaque=is_opaque or None) for s in info.streams)
    return replace(info, streams=streams)


def _is_clear(file: BinaryIO) -> bool:
    """Whether a picture leaves parts of the canvas open; IndexError where the file breaks off.

    A later picture may have a transparent colour, too: there the picture before it shows through,
    which hides nothing unless that was wiped away.
    """
    head = file.read(13)
    canvas = head[6:10]
    _skip_colours(file, head[10])
    bare, has_hole, disposal = True, False, 0
    for _ in range(_MAX_FRAMES * 4):
        mark = file.read(1)[0]
        if mark == _EXTENSION:
            if file.read(1)[0] == _CONTROL:
                flags = file.read(2)[1]
                has_hole, disposal = bool(flags & 1), flags >> 2 & 7
                file.read(3)
            _skip_blocks(file)
        elif mark == _PICTURE:
            place = file.read(9)
            covers = place[:4] == bytes(4) and place[4:8] == canvas
            if bare and (has_hole or not covers):
                return True
            bare = disposal == _TO_BACKGROUND
            has_hole, disposal = False, 0
            _skip_colours(file, place[8])
            file.read(1)
            _skip_blocks(file)
        if mark not in (_EXTENSION, _PICTURE) or file.tell() > _MAX_BYTES:
            break
    return False


def _skip_colours(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << (flags & 7) + 1, 1)


def _skip_blocks(file: BinaryIO) -> None:
    while size := file.read(1)[0]:
        file.seek(size, 1)
        if file.tell() > _MAX_BYTES:
            return
