"""The container of the output."""

import re
from collections.abc import Mapping
from pathlib import PurePath

from ..errors import CannotTranslate
from .single_picture import is_animation, is_one_picture
from .tables import CONTAINERS, MULTI_FILE_MUXERS, PICTURE_CODECS

NO_FILE = "null"
"""The container of an output that is thrown away, for what FFmpeg prints."""
_PICTURE_MUXERS = ("image2", "image2pipe")
_SEVERAL_FILES = "this produces several files, and a job produces one"


def is_stdout(name: str) -> bool:
    """Return whether the output is printed, and not written to a file."""
    return name == "-" or name.startswith("pipe:")


def container_of(name: str, values: Mapping[str, str], source: str) -> str:
    """Return the container of the output `name`: that of `-f`, or the extension of the name.

    `values` are the values of the output options by their keys, such as `f` and `c:v`, and `source`
    is the first input: a picture makes a picture, where the format has animations, too. Raise
    CannotTranslate for an output of several files, for none, and for an unknown container.
    """
    muxer = values.get("f")
    extension = PurePath(name).suffix[1:].lower()
    if muxer in MULTI_FILE_MUXERS:
        raise CannotTranslate(f"-f {muxer}", _SEVERAL_FILES)
    if muxer == NO_FILE:
        return NO_FILE
    if muxer == "mjpeg" and not is_one_picture(values):
        return "mjpeg"
    if extension in ("m3u8", "mpd") or re.search(r"%\d*d", name):
        raise CannotTranslate(name, _SEVERAL_FILES)
    if muxer in _PICTURE_MUXERS:
        return _picture_container(f"-f {muxer}", extension, values)
    if not muxer and not extension:
        raise CannotTranslate(
            name, "unknown container: add -f, such as -f mp4, or an extension to the name"
        )
    container = CONTAINERS.get(muxer, muxer) if muxer else extension
    return "awebp" if container == "webp" and is_animation(source, values) else container


def _picture_container(option: str, extension: str, values: Mapping[str, str]) -> str:
    if extension:
        return extension
    if not is_one_picture(values):
        if option == "-f image2pipe":
            return "image2pipe"
        raise CannotTranslate(option, _SEVERAL_FILES)
    return PICTURE_CODECS.get(values.get("c:v", ""), "jpg")
