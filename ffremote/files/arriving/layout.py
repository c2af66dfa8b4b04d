"""Says from the first bytes of a file whether FFmpeg can read it from a pipe, and from when on."""

import os
import re
from dataclasses import dataclass

ENOUGH_BYTES = 256 << 10
"""Read before the first frame, at least; FFmpeg waits for what it needs besides."""
MAX_INDEX_BYTES = 64 << 20
_MAX_BOXES = 64
_EBML, _ASF = b"\x1aE\xdf\xa3", b"0&\xb2u\x8ef\xcf\x11"
_STARTS = (_EBML, b"OggS", b"fLaC", b"FLV\x01", b"\x0bw", _ASF)
_RIFF = ((b"RIFF", b"AVI "), (b"RIFF", b"WAVE"), (b"RF64", b"WAVE"))
_TS_PACKETS = ((0, 188), (4, 192))
_BEFORE_INDEX = frozenset({b"ftyp", b"free", b"skip", b"wide", b"uuid", b"pnot"})
_BOXES = _BEFORE_INDEX | {b"moov", b"mdat", b"meta"}
_PICTURES = (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
_UNFIT = re.compile(
    # chapters that are a track, timecodes, a compressed index, encrypted media, pictures: FFmpeg
    # would have to seek for them
    rb"chap\0\0|tmcd|cmov|rmra|enc[av]|(?:iloc|saio)[\0-\2]\0\0[\0\1]"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Whether a file can be read while it arrives: from `needed` bytes on, None for never.

    More bytes may show that more are needed, or that it cannot be.
    """

    needed: int | None


NEVER = Layout(None)


def layout_of(descriptor: int, received: int) -> Layout:
    """Return the layout of a file of which `received` bytes are there, at least 512."""
    head = os.pread(descriptor, 512, 0)
    if head[4:8] in _BOXES:
        return _of_boxes(descriptor, received)
    is_known = head.startswith(_STARTS) or (head[:4], head[8:12]) in _RIFF
    return Layout(ENOUGH_BYTES) if is_known or _is_ts(head) or _is_adts(head) else NEVER


def _is_ts(head: bytes) -> bool:
    return any(
        head[at : at + 1] == head[at + size : at + size + 1] == b"G" for at, size in _TS_PACKETS
    )


def _is_adts(head: bytes) -> bool:
    """Whether the head is that of AAC in ADTS; that of MP3, which needs its end, is alike."""
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0


def _of_boxes(descriptor: int, received: int) -> Layout:
    """Return the layout of an MP4 or MOV: its index must come before its media."""
    start = 0
    for _ in range(_MAX_BOXES):
        if start + 16 > received:
            return Layout(max(start + 16, ENOUGH_BYTES))
        head = os.pread(descriptor, 16, start)
        kind, size = head[4:8], int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if kind == b"moov":
            return _of_index(descriptor, received, start, size)
        is_picture = kind == b"ftyp" and os.pread(descriptor, 4, start + 8) in _PICTURES
        if is_picture or kind not in _BEFORE_INDEX or size < 8:
            return NEVER
        start += size
    return NEVER


def _of_index(descriptor: int, received: int, start: int, size: int) -> Layout:
    end = start + size
    if not 8 <= size <= MAX_INDEX_BYTES:
        return NEVER
    if received >= end and _UNFIT.search(os.pread(descriptor, size, start)):
        return NEVER
    return Layout(end + ENOUGH_BYTES)
