"""Options before -i that change the times of the input, or repeat it."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from ..command_line.ignored import generates_pts
from ..command_line.parser import InputFile
from ..errors import CannotTranslate
from .decoding import declared_format
from .raw_formats import RAW_VIDEO, VIDEO_FORMATS
from .sequence import is_sequence
from .tables import RATES
from .times import parse_time

_KEYS = {
    "sseof": "end_offset",
    "itsoffset": "offset",
    "stream_loop": "loop",
    "r": "fps",
    "framerate": "fps",
    "loop": "loop",
}
OPTIONS = frozenset(_KEYS)
_ENDLESS = -1
_OF_PICTURES = ("loop", "framerate")
_PICTURES = frozenset({"png", "jpg", "jpeg", "jpe", "jfif", "webp", "bmp", "tif", "tiff", "jxl"})


def reading_of(source: InputFile, *, has_end: bool) -> dict[str, Any]:
    """Return the keys of the input's section; `has_end` means that something ends it.

    Raise CannotTranslate for a value that is none of ffmpeg's, and for a loop without an end.
    """
    values = source.values(*OPTIONS)
    if not is_sequence(source):
        _check_picture(source, values)
    if "sseof" in values and "ss" in source.values("ss"):
        raise CannotTranslate("-sseof", "it cannot be combined with -ss before -i")
    fields = {_KEYS[name]: _value(name, text) for name, text in values.items()}
    if any(generates_pts(option) for option in source.options):
        fields["generate_pts"] = True
    if fields.get("loop") == _ENDLESS and not has_end:
        name = next(name for name in ("loop", "stream_loop") if name in values)
        raise CannotTranslate(
            f"-{name} {values[name]}",
            "it repeats without end",
            hint="add -t, or -shortest beside an input that ends",
        )
    return {key: value for key, value in fields.items() if value != 0}


def _check_picture(source: InputFile, values: Mapping[str, str]) -> None:
    """Raise CannotTranslate for options that ffmpeg has for pictures and bare video only."""
    name, declared = source.name, declared_format(source)
    given = next((option for option in _OF_PICTURES if option in values), None)
    if given == "framerate" and (declared in VIDEO_FORMATS or declared == RAW_VIDEO):
        return
    if given is not None and PurePath(name).suffix[1:].lower() not in _PICTURES:
        instead = {"loop": "-stream_loop", "framerate": "-r"}[given]
        raise CannotTranslate(
            f"-{given}", f"before -i it is for a picture file; for {name}, use {instead}"
        )


def _value(name: str, text: str) -> Any:
    if name == "sseof":
        if not text.startswith("-"):
            raise CannotTranslate(f"-sseof {text}", "it is negative: a time before the end")
        return parse_time("-sseof", text[1:])
    if name == "itsoffset":
        sign = -1 if text.startswith("-") else 1
        return sign * parse_time("-itsoffset", text.lstrip("+-"))
    if name in ("r", "framerate"):
        return RATES.get(text, text)
    if name == "loop":
        if text not in ("0", "1"):
            raise CannotTranslate(f"-loop {text}", "before -i this option is 0 or 1")
        return -int(text)
    try:
        return int(text)
    except ValueError as exc:
        raise CannotTranslate(f"-stream_loop {text}", "this option takes a number") from exc
