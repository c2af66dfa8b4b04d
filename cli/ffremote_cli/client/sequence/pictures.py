"""The pictures of a sequence: found by a pattern, in order, and checked before anything is sent."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import LocalFileProblem
from .notation import PicturePattern
from .patterns import OnGap, find_pictures

MOST_PICTURES = 20_000
LARGEST_BYTES = (8 << 30) - 1
"""The largest size that fits into the header of an archive's member."""

_FORMATS = {
    "bmp": ("bmp",),
    "dpx": ("dpx",),
    "jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "jpeg2000": ("jp2", "j2k", "j2c"),
    "pam": ("pam",),
    "pbm": ("pbm",),
    "pgm": ("pgm",),
    "png": ("png",),
    "ppm": ("ppm", "pnm"),
    "qoi": ("qoi",),
    "tiff": ("tif", "tiff"),
    "webp": ("webp",),
}
_FORMAT_OF = {f".{ending}": name for name, endings in _FORMATS.items() for ending in endings}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file, with its size in bytes and its modification time."""

    path: Path
    size: int
    mtime_ns: int


def open_sequence(pattern: PicturePattern, on_gap: OnGap = lambda _: None) -> tuple[Picture, ...]:
    """Return the pictures of the pattern in order; `on_gap` gets a sentence about a missing one.

    The start number is that of FFmpeg: the first picture has it, or one of the next four. Without
    it a sequence begins at its lowest number. Raises LocalFileProblem if there is no picture, too
    many, or one that cannot be part of a sequence.
    """
    return check_pictures(pattern.pattern, find_pictures(pattern, on_gap))


def check_pictures(pattern: str, paths: Sequence[Path]) -> tuple[Picture, ...]:
    """Return the pictures at these paths; raise LocalFileProblem if they are not a sequence."""
    if len(paths) > MOST_PICTURES:
        raise LocalFileProblem(
            f"{pattern} matches {len(paths)} pictures, and a sequence has at most {MOST_PICTURES}",
            hint="convert it in parts, and join these afterwards",
        )
    _require_one_format(paths)
    return tuple(map(_picture, paths))


def _require_one_format(paths: Sequence[Path]) -> None:
    formats: dict[str, Path] = {}
    for path in paths:
        ending = path.suffix.lower()
        if ending not in _FORMAT_OF:
            raise LocalFileProblem(
                f"{path} cannot be part of a sequence: {ending or 'a name without extension'} "
                "is not one of its picture formats",
                hint=f"these are {', '.join(_FORMATS)}",
            )
        formats.setdefault(_FORMAT_OF[ending], path)
    if len(formats) > 1:
        first, second, *_ = formats.values()
        raise LocalFileProblem(
            f"{first} and {second} have different formats; the pictures of a sequence have one"
        )


def _picture(path: Path) -> Picture:
    try:
        found = path.stat()
    except OSError as exc:
        raise LocalFileProblem(f"{path} cannot be read: {exc.strerror}") from exc
    if not stat.S_ISREG(found.st_mode):
        raise LocalFileProblem(f"{path} is not a regular file")
    if not os.access(path, os.R_OK):
        raise LocalFileProblem(f"{path} cannot be read: Permission denied")
    if not 0 < found.st_size <= LARGEST_BYTES:
        problem = "is empty" if found.st_size == 0 else f"has more than {LARGEST_BYTES} bytes"
        raise LocalFileProblem(f"{path} {problem}")
    return Picture(path, found.st_size, found.st_mtime_ns)
