"""`-c:a copy -c:a:0 aac -ac 2`: encoder options beside a copy belong to the encoded streams."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..command_line.parser import Option
from ..sections.tables import ALIASES

_ONE_CODEC = re.compile(r"(?:c|codec):([va]):(\d{1,3})")
_OF_KIND = {
    "a": frozenset({"b:a", "q:a", "ar", "ac", "filter:a", "sample_fmt"}),
    "v": frozenset(
        {"crf", "qp", "b:v", "q:v", "maxrate", "bufsize", "preset", "tune", "profile:v", "level"}
        | {"pix_fmt", "g", "bf", "filter:v", "s", "x264-params", "x265-params", "svtav1-params"}
    ),
}
_NAMES = {"c:a": "c", "c:v": "c", "b:a": "b", "b:v": "b", "q:a": "q", "q:v": "q"}
_NAMES |= {"filter:a": "filter", "filter:v": "filter", "profile:v": "profile"}


def on_single_streams(options: Sequence[Option]) -> list[Option]:
    """Return the options with those of a kind on the streams that are encoded beside a copy."""
    result = list(options)
    for kind in _OF_KIND:
        numbers = _encoded(result, kind)
        if numbers and _codec(result, kind) == "copy":
            result = [each for option in result for each in _placed(option, kind, numbers)]
    return result


def _encoded(options: Iterable[Option], kind: str) -> list[str]:
    matches = [(_ONE_CODEC.fullmatch(option.key), option.value) for option in options]
    return [match[2] for match, value in matches if match and match[1] == kind and value != "copy"]


def _codec(options: Iterable[Option], kind: str) -> str | None:
    """Return the codec of all streams of a kind; the last of -c and -c:a counts."""
    keys = ("c", f"c:{kind}")
    values = [each.value for each in options if ALIASES.get(each.key, each.key) in keys]
    return values[-1] if values else None


def _placed(option: Option, kind: str, numbers: Sequence[str]) -> list[Option]:
    key = ALIASES.get(option.key, option.key)
    if key not in _OF_KIND[kind]:
        return [option]
    name = _NAMES.get(key, key)
    return [replace(option, name=name, specifier=f"{kind}:{number}") for number in numbers]
