"""What kind of file the output of an ffmpeg command line is."""

import re
from collections.abc import Mapping
from pathlib import PurePath

from ..errors import CannotTranslate
from .single_picture import is_one_picture
from .tables import CONTAINERS, PICTURE_CODECS, SEVERAL_FILES

_PICTURES = ("image2", "image2pipe")


def container_of(name: str, said: Mapping[str, str]) -> str:
    """The container of the output `name`: what `-f` says, or the name's ending."""
    muxer = said.get("f")
    extension = PurePath(name).suffix[1:].lower()
    if muxer in SEVERAL_FILES:
        raise CannotTranslate(f"-f {muxer}", "this makes several files, and a job makes one")
    if muxer == "null":
        raise CannotTranslate("-f null", "nothing would come back from the server")
    if extension in ("m3u8", "mpd") or re.search(r"%\d*d", name):
        raise CannotTranslate(name, "this makes several files, and a job makes one")
    if muxer in _PICTURES:
        return _picture(f"-f {muxer}", extension, said)
    if muxer is not None:
        return CONTAINERS.get(muxer, muxer)
    if not extension:
        raise CannotTranslate(name, "say what it will be: -f mp4, or a name with an ending")
    return extension


def _picture(word: str, extension: str, said: Mapping[str, str]) -> str:
    if extension:
        return extension
    if not is_one_picture(said):
        raise CannotTranslate(word, "this makes several files, and a job makes one")
    return PICTURE_CODECS.get(said.get("c:v", ""), "jpg")
