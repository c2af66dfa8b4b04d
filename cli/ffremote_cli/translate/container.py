"""What kind of file the output of an ffmpeg command line is."""

import re
from collections.abc import Mapping
from pathlib import PurePath

from .refusal import CannotTranslate
from .tables import CONTAINERS, SEVERAL_FILES


def container_of(name: str, said: Mapping[str, str]) -> str:
    """The container of the output `name`: what `-f` says, or the name's ending."""
    muxer = said.get("f")
    if muxer in SEVERAL_FILES and not (muxer == "image2" and is_one_picture(said)):
        raise CannotTranslate(f"-f {muxer}", "this makes several files, and a job makes one")
    if muxer == "null":
        raise CannotTranslate("-f null", "nothing would come back from the server")
    if muxer is not None and muxer != "image2":
        return CONTAINERS.get(muxer, muxer)
    extension = PurePath(name).suffix[1:].lower()
    if not extension:
        raise CannotTranslate(name, "say what it will be: -f mp4, or a name with an ending")
    if extension in ("m3u8", "mpd") or re.search(r"%\d*d", name):
        raise CannotTranslate(name, "this makes several files, and a job makes one")
    return extension


def is_one_picture(said: Mapping[str, str]) -> bool:
    """Whether the options ask for a single frame."""
    return said.get("frames:v") == "1" or said.get("update") == "1"
