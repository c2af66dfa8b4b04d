"""The size and the rate of the pictures that a source of a filter graph makes."""

import re
from collections.abc import Mapping

from ffremote.spec.grammar import read_fps

from ..graph import Filter

_SIZE = re.compile(r"([0-9]{1,5})x([0-9]{1,5})", re.ASCII)
_DEFAULT_SIZE = (320, 240)
_NAMED_SIZES = {
    "vga": (640, 480),
    "hd480": (852, 480),
    "hd720": (1280, 720),
    "hd1080": (1920, 1080),
    "ntsc": (720, 480),
    "pal": (720, 576),
    "qvga": (320, 240),
}
_LARGEST = (7680, 4320)
"""FFmpeg has no name for a larger size."""
_DEFAULT_RATE = 25.0
_NAMED_RATE = 30.0


def size_of(source: Filter) -> tuple[int, int]:
    """Return width and height; those of a name that is not known here are the largest."""
    params = dict(source.params)
    text = _first(params, "size", "s")
    if text is None:
        return _DEFAULT_SIZE
    match = _SIZE.fullmatch(text)
    if match is not None:
        return int(match[1]), int(match[2])
    return _NAMED_SIZES.get(text, _LARGEST)


def rate_of(source: Filter) -> float:
    """Return the frames per second."""
    text = _first(dict(source.params), "rate", "r")
    if text is None:
        return _DEFAULT_RATE
    return read_fps(text) or _NAMED_RATE


def _first(params: Mapping[str, str], *names: str) -> str | None:
    return next((params[name] for name in names if name in params), None)
