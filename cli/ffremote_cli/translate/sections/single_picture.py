"""Outputs that are a single picture: the `thumbnail` section of the job."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from ..errors import CannotTranslate

IMAGES = frozenset({"jpg", "jpeg", "png", "webp", "bmp", "tiff"})
"""Containers that hold a single picture."""

_PICTURE_EXTENSIONS = frozenset(
    {"png", "jpg", "jpeg", "jpe", "jfif", "bmp", "tif", "tiff", "webp", "gif", "apng", "tga"}
    | {"ppm", "pgm", "pnm", "dds", "exr", "j2k", "jp2", "jxl", "pcx", "psd", "qoi", "avif", "heic"}
)
_AUDIO_EXTENSIONS = frozenset(
    {"mp3", "flac", "m4a", "m4b", "m4r", "ogg", "oga", "opus", "wma", "aac", "wav", "aiff", "aif"}
    | {"ape", "mka", "mp2", "tta", "wv", "alac", "dsf"}
)
_SINGLE_PICTURE_FILTERS = ("palettegen",)
"""Filters that make one picture from a whole video."""


def is_one_picture(values: Mapping[str, str]) -> bool:
    """Return whether the output options select a single frame."""
    return values.get("frames:v") == "1"


def thumbnail_of(
    source: str, output: str, values: Mapping[str, str], *, filters: Sequence[str], start: float
) -> dict[str, Any]:
    """Return the `thumbnail` section for a picture taken at `start` seconds.

    `values` are the output options by their keys, `filters` the video filter chains of the job.
    Raise CannotTranslate if the command line would produce more than one picture.
    """
    single = _extension(source) in _PICTURE_EXTENSIONS | _AUDIO_EXTENSIONS or any(
        name in chain for chain in filters for name in _SINGLE_PICTURE_FILTERS
    )
    if is_one_picture(values) or (single and "frames:v" not in values):
        return {"at": start}
    if "frames:v" in values:
        raise CannotTranslate(
            output,
            f"{values['frames:v']} pictures do not fit into one file, and a job produces one",
        )
    raise CannotTranslate(output, "a picture of a video requires -frames:v 1")


def _extension(name: str) -> str:
    return PurePath(name).suffix[1:].lower()
