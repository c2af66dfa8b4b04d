"""Outputs that are one picture: when a line makes just one, and of which moment."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from ..errors import CannotTranslate

IMAGES = frozenset({"jpg", "jpeg", "png", "webp", "bmp", "tiff"})
"""Containers of one picture."""

_STILLS = frozenset(
    {"png", "jpg", "jpeg", "jpe", "jfif", "bmp", "tif", "tiff", "webp", "gif", "apng", "tga"}
    | {"ppm", "pgm", "pnm", "dds", "exr", "j2k", "jp2", "jxl", "pcx", "psd", "qoi", "avif", "heic"}
)
_SONGS = frozenset(
    {"mp3", "flac", "m4a", "m4b", "m4r", "ogg", "oga", "opus", "wma", "aac", "wav", "aiff", "aif"}
    | {"ape", "mka", "mp2", "tta", "wv", "alac", "dsf"}
)
_MAKES_ONE = ("palettegen",)
"""Filters that make one picture of a whole film."""


def is_one_picture(said: Mapping[str, str]) -> bool:
    """Whether the options ask for a single frame."""
    return said.get("frames:v") == "1"


def thumbnail_of(
    source: str, output: str, said: Mapping[str, str], job: Mapping[str, Any], start: float
) -> dict[str, Any]:
    """The `thumbnail` of the job; raises CannotTranslate where a film would give many pictures."""
    texts = ((job.get("video") or {}).get("filters")) or ()
    alone = _extension(source) in _STILLS | _SONGS or any(
        each in text for text in texts for each in _MAKES_ONE
    )
    if is_one_picture(said) or (alone and "frames:v" not in said):
        return {"at": start}
    if "frames:v" in said:
        raise CannotTranslate(
            output, f"{said['frames:v']} pictures do not go into one file, and a job makes one"
        )
    raise CannotTranslate(output, "a picture of a film needs -frames:v 1")


def _extension(name: str) -> str:
    return PurePath(name).suffix[1:].lower()
