"""Reads inputs without streams, which ffprobe does not know."""

from pathlib import Path

from ffremote.spec.roles import Role

from ..model.media_info import MediaInfo
from .fonts import inspect_font
from .luts import inspect_lut
from .metadata_file import inspect_metadata


def inspect(path: Path, role: Role) -> MediaInfo:
    """Return the format of a file without streams; raise TranscodeError for another file."""
    return {"font": inspect_font, "lut": inspect_lut, "metadata": inspect_metadata}[role](path)
