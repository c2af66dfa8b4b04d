"""Reads pixel format and size from a PNG's header, for an ffprobe that has no PNG decoder."""

import struct
from dataclasses import replace
from pathlib import Path

from ..model.media_info import MediaInfo

FORMATS = frozenset({"png_pipe", "apng"})
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIDES, _DEPTH, _COLOR = 16, 24, 25  # offsets of bytes in the first chunk, which must be IHDR
_PIX_FMTS = {
    (0, 16): "gray16be",
    (2, 8): "rgb24",
    (2, 16): "rgb48be",
    (4, 8): "ya8",
    (4, 16): "ya16be",
    (6, 8): "rgba",
    (6, 16): "rgba64be",
}


def with_pixels(info: MediaInfo, path: Path) -> MediaInfo:
    """Return `info` with pixel format and size from the header, where ffprobe found none."""
    with path.open("rb") as file:
        head = file.read(_COLOR + 1)
    if len(head) <= _COLOR or not head.startswith(_SIGNATURE):
        return info
    color, depth = head[_COLOR], head[_DEPTH]
    pix_fmt = "pal8" if color == 3 else _PIX_FMTS.get((color, depth), "gray")
    width, height = struct.unpack_from(">II", head, _SIDES)
    streams = [
        replace(s, pix_fmt=pix_fmt, width=s.width or width, height=s.height or height)
        if s.pix_fmt in (None, "unknown")
        else s
        for s in info.streams
    ]
    return replace(info, streams=tuple(streams))
