"""-ss, -t and -to before and after -i: the range of the input that is converted."""

import re
from collections.abc import Mapping
from typing import Any

from ..errors import CannotTranslate

_UNITS = {"": 1.0, "s": 1.0, "ms": 1e-3, "us": 1e-6}
_SECONDS = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ms|us|s|)")
_CLOCK_TIME = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d*)?)")


def parse_time(option: str, text: str) -> float:
    """Return the seconds of a time such as `90`, `1:30`, `00:01:30.5` or `1500ms`.

    `option` is named by the error.
    """
    if match := _SECONDS.fullmatch(text):
        return float(match[1]) * _UNITS[match[2]]
    if match := _CLOCK_TIME.fullmatch(text):
        return int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3])
    raise CannotTranslate(
        f"{option} {text}", "not a time from the beginning, such as 90, 1:30 or 1500ms"
    )


def input_range(
    before: Mapping[str, str], after: Mapping[str, str], *, keeps_times: bool = False
) -> dict[str, Any]:
    """Return the `input` section of the job for the times before and after -i.

    After -i, times count from the position of -ss before it: `-ss 10 -i x -to 20` converts twenty
    seconds, `-i x -ss 10 -to 20` ten. With `keeps_times` (-copyts), -t and -to after -i are times
    of the input. Raise CannotTranslate for an empty range.
    """
    first = _parse_all(before)
    then = _parse_all(after)
    if keeps_times and "ss" in then:
        raise CannotTranslate("-ss", "after -i it cannot be combined with -copyts")
    origin = 0.0 if keeps_times else first.get("ss", 0.0)
    start = first.get("ss", 0.0) + then.get("ss", 0.0)
    ends = [
        *([first.get("ss", 0.0) + first["t"]] if "t" in first else []),
        *([first["to"]] if "to" in first and "t" not in first else []),
        *([origin + then.get("ss", 0.0) + then["t"]] if "t" in then else []),
        *([origin + then["to"]] if "to" in then and "t" not in then else []),
    ]
    section: dict[str, Any] = {}
    if start:
        section["start"] = _rounded(start)
    if ends:
        section["duration"] = _rounded(min(ends) - start)
    if section.get("duration", 1) <= 0:
        option = next(f"-{name}" for name in ("t", "to") if name in {**before, **after})
        raise CannotTranslate(option, "the range would end before it begins")
    return section


def _parse_all(options: Mapping[str, str]) -> dict[str, float]:
    return {name: parse_time(f"-{name}", text) for name, text in options.items()}


def _rounded(value: float) -> int | float:
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded
