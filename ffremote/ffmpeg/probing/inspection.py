"""Reads inputs without streams, which ffprobe does not know."""

from pathlib import Path

from ffremote.spec.roles import Role

from ..model.media_info import MediaInfo
from .fonts import inspect_font
from .luts import inspect_lut


def inspect(path: Path, role: Role) -> MediaInfo:
    """Return the format of a font or a LUT; raise TranscodeError for a file that is none."""
    return {"font": inspect_font, "lut": inspect_lut}[role](path)
