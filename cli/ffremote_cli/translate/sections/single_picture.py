"""Outputs that are a single picture: which one of the frames it is."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from ..command_line.unsupported import OUTPUT as UNSUPPORTED
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
_SINGLE_PICTURE_FILTERS = ("palettegen", "showwavespic", "showspectrumpic")
"""Filters that make one picture from a whole stream."""
_ON = ("1", "true")


def is_one_picture(values: Mapping[str, str]) -> bool:
    """Return whether the output options select a single frame."""
    return values.get("frames:v") == "1"


def is_animation(source: str, values: Mapping[str, str]) -> bool:
    """Return whether ffmpeg makes an animation of the input `source` where the format has both."""
    is_single = PurePath(source).suffix[1:].lower() in _PICTURE_EXTENSIONS | _AUDIO_EXTENSIONS
    return not (is_single or is_one_picture(values) or values.get("update") in _ON)


def frame_options(values: Mapping[str, str]) -> list[str]:
    """Return the options that limit the frames of a video; raise CannotTranslate for -update."""
    if "update" in values:
        raise CannotTranslate("-update", UNSUPPORTED["update"])
    return ["-frames:v", values["frames:v"]] if "frames:v" in values else []


def picture_options(output: str, values: Mapping[str, str]) -> list[str]:
    """Return the options that make the picture another frame than the first.

    `values` are the output options by their keys. With `-update 1` each frame replaces the one
    before it, so that the last one stays. Raise CannotTranslate for several pictures.
    """
    frames = values.get("frames:v", "1")
    if values.get("update") in _ON and not is_one_picture(values):
        limit = ["-frames:v", frames] if "frames:v" in values else []
        return [*limit, "-update", "1"]
    if frames != "1":
        raise CannotTranslate(
            output, f"{frames} pictures do not fit into one file, and a job produces one"
        )
    return []


def remarks_on_picture(
    source: str, output: str, values: Mapping[str, str], filters: Sequence[str]
) -> list[str]:
    """Return a remark if the frames of a video may be more than the picture that is kept."""
    single = PurePath(source).suffix[1:].lower() in _PICTURE_EXTENSIONS | _AUDIO_EXTENSIONS
    single |= any(name in chain for chain in filters for name in _SINGLE_PICTURE_FILTERS)
    if single or "frames:v" in values or values.get("update") in _ON:
        return []
    remark = "is the first picture; where more follow, ffmpeg fails: -frames:v 1 wants one"
    return [f"{output} {remark}"]
