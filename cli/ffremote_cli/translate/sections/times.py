"""-ss, -t and -to on both sides of -i: which stretch of the input they mean."""

import re
from collections.abc import Mapping
from typing import Any

from ..errors import CannotTranslate

_UNITS = {"": 1.0, "s": 1.0, "ms": 1e-3, "us": 1e-6}
_PLAIN = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ms|us|s|)")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d*)?)")


def seconds(word: str, text: str) -> float:
    """Read a time as ffmpeg writes it: `90`, `1:30`, `00:01:30.5`, `1500ms`."""
    if match := _PLAIN.fullmatch(text):
        return float(match[1]) * _UNITS[match[2]]
    if match := _CLOCK.fullmatch(text):
        return int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3])
    raise CannotTranslate(f"{word} {text}", "this is no time that counts from the beginning")


def stretch(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Any]:
    """The `input` part of the job for the times before and after -i.

    After -i, times count from where -ss before it had begun: `-ss 10 -i x -to 20` takes twenty
    seconds, `-i x -ss 10 -to 20` ten.
    """
    first = _read(before)
    then = _read(after)
    start = first.get("ss", 0.0) + then.get("ss", 0.0)
    ends = [
        *([first.get("ss", 0.0) + first["t"]] if "t" in first else []),
        *([first["to"]] if "to" in first and "t" not in first else []),
        *([start + then["t"]] if "t" in then else []),
        *([first.get("ss", 0.0) + then["to"]] if "to" in then and "t" not in then else []),
    ]
    part: dict[str, Any] = {}
    if start:
        part["start"] = _plain(start)
    if ends:
        part["duration"] = _plain(min(ends) - start)
    if part.get("duration", 1) <= 0:
        word = next(name for name in ("t", "to") if name in {**before, **after})
        raise CannotTranslate(f"-{word}", "the stretch would end before it begins")
    return part


def _read(options: Mapping[str, str]) -> dict[str, float]:
    return {name: seconds(f"-{name}", text) for name, text in options.items()}


def _plain(value: float) -> int | float:
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded
