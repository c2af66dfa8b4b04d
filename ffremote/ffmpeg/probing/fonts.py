"""Checks that a file is a font, by its table directory; nothing else of it is read."""

import struct
from pathlib import Path
from typing import BinaryIO

from ffremote.states import FailureReason

from ..model.failure import TranscodeError, refuse
from ..model.media_info import MediaInfo

MAX_FONTS = 256
MAX_TABLES = 256
_KINDS = {b"\x00\x01\x00\x00": "ttf", b"true": "ttf", b"OTTO": "otf"}
_COLLECTION = b"ttcf"
_NEEDED = frozenset({b"cmap", b"head", b"hhea", b"hmtx", b"maxp"})
_SHAPES = frozenset({b"glyf", b"CFF ", b"CFF2", b"CBDT", b"sbix"})


def inspect_font(path: Path) -> MediaInfo:
    """Return the kind of a font as a format without streams; raise TranscodeError for others."""
    size = path.stat().st_size
    try:
        with path.open("rb", buffering=0) as file:
            kind = _kind(file, size)
    except struct.error as exc:
        raise _broken("it ends in its header") from exc
    return MediaInfo(kind, None, (), bytes=size)


def _kind(file: BinaryIO, size: int) -> str:
    magic = file.read(4)
    if magic != _COLLECTION:
        return _check_font(file, 0, size)
    _, count = struct.unpack(">II", file.read(8))
    if not 1 <= count <= MAX_FONTS:
        raise _broken(f"it claims to be a collection of {count} fonts")
    for offset in struct.unpack(f">{count}I", file.read(4 * count)):
        _check_font(file, offset, size)
    return "ttc"


def _check_font(file: BinaryIO, at: int, size: int) -> str:
    """Return the kind of the font at `at`; raise TranscodeError if its tables are not there."""
    file.seek(at)
    magic, count = struct.unpack(">4sH6x", file.read(12))
    if magic not in _KINDS:
        raise _broken("it does not begin as TrueType or OpenType")
    if not 1 <= count <= MAX_TABLES:
        raise _broken(f"it claims to have {count} tables")
    tables = file.read(16 * count)
    found = set()
    for name, offset, length in struct.iter_unpack(">4s4xII", tables):
        if offset + length > size:
            raise _broken("a table of it lies beyond its end")
        found.add(name)
    missing = sorted(name.decode() for name in _NEEDED - found)
    if missing or found.isdisjoint(_SHAPES):
        raise _broken(f"it lacks the table {missing[0] if missing else 'glyf'}")
    return _KINDS[magic]


def _broken(reason: str) -> TranscodeError:
    return refuse(
        FailureReason.UNSUPPORTED_INPUT,
        f"The input is no font that can be used: {reason}.",
        "Send a .ttf, .otf or .ttc file.",
    )
