"""Finds out whether a GIF has transparent parts; FFmpeg's pixel format claims so of every GIF."""

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from ..model.media_info import MediaInfo

FORMAT = "gif"
_MAX_BYTES, _MAX_FRAMES = 1 << 20, 64  # of one file
_CONTROL, _EXTENSION, _IMAGE = 0xF9, 0x21, 0x2C
_TO_BACKGROUND = 2


def with_opacity(info: MediaInfo, path: Path) -> MediaInfo:
    """Return `info` with its streams marked as opaque, where the beginning of the file shows it."""
    with path.open("rb") as file:
        try:
            is_opaque = not _is_transparent(file)
        except IndexError:
            return info  # the file is truncated: FFmpeg reports that itself
    streams = tuple(replace(s, is_opaque=is_opaque or None) for s in info.streams)
    return replace(info, streams=streams)


def _is_transparent(file: BinaryIO) -> bool:
    """Whether a frame leaves parts of the canvas uncovered; IndexError for a truncated file.

    The transparent colour of a later frame shows the frame before it, so it counts only if that
    frame was cleared.
    """
    head = file.read(13)
    canvas = head[6:10]
    _skip_colours(file, head[10])
    is_empty, has_hole, disposal = True, False, 0
    for _ in range(_MAX_FRAMES * 4):
        block = file.read(1)[0]
        if block == _EXTENSION:
            if file.read(1)[0] == _CONTROL:
                flags = file.read(2)[1]
                has_hole, disposal = bool(flags & 1), flags >> 2 & 7
                file.read(3)
            _skip_blocks(file)
        elif block == _IMAGE:
            descriptor = file.read(9)
            covers = descriptor[:4] == bytes(4) and descriptor[4:8] == canvas
            if is_empty and (has_hole or not covers):
                return True
            is_empty = disposal == _TO_BACKGROUND
            has_hole, disposal = False, 0
            _skip_colours(file, descriptor[8])
            file.read(1)
            _skip_blocks(file)
        if block not in (_EXTENSION, _IMAGE) or file.tell() > _MAX_BYTES:
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
