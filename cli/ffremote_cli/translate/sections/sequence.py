"""Inputs that are sequences of pictures: `img%03d.png`, or a glob with -pattern_type glob."""

import re
from pathlib import PurePath

from ..command_line.parser import InputFile
from ..errors import CannotTranslate

DEMUXER = "image2"
OPTIONS = frozenset({"pattern_type", "start_number"})
_NUMBER = re.compile(r"%(?:0\d*)?d")
_PICTURE_WORDS = """
    bmp dpx exr hdr j2c j2k jfif jp2 jpe jpeg jpg jxl pam pbm pcx pgm png pnm ppm psd qoi ras sgi
    tga tif tiff webp xwd"""
_PICTURES = frozenset(_PICTURE_WORDS.split())
"""Extensions for which FFmpeg reads a name with a number as a pattern, among them such as the
server does not take: the upload says which it takes."""


def is_sequence(source: InputFile) -> bool:
    """Whether the name stands for several pictures; raise CannotTranslate for an unknown kind."""
    if source.is_pictures:
        return True
    values = source.values("f", "pattern_type")
    kind = values.get("pattern_type", "sequence")
    if kind == "none" or values.get("f", DEMUXER) != DEMUXER:
        return False
    if kind == "glob":
        return True
    if kind != "sequence":
        raise CannotTranslate(f"-pattern_type {kind}", "it is sequence, glob or none")
    is_pictures = PurePath(source.name).suffix[1:].lower() in _PICTURES
    return bool(_NUMBER.search(source.name.replace("%%", ""))) and (is_pictures or "f" in values)


def is_glob(source: InputFile) -> bool:
    """Whether the name of a sequence is a glob."""
    return source.values("pattern_type").get("pattern_type") == "glob"


def start_number(source: InputFile) -> int | None:
    """Return the number of the first picture, if the line names it."""
    text = source.values("start_number").get("start_number")
    if text is None or is_glob(source):
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise CannotTranslate(f"-start_number {text}", "this option takes a number of a picture")
    return int(text)
