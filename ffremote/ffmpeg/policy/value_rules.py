"""Check values of options and filter parameters against the rules of the tables.

A rule is a JSON list: `["int", 0, 51]`, `["enum", "a", "b"]`, `["alt", rule, rule]`. Its first item
is a kind of value.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from ffremote.spec.grammar import (
    MAX_BITRATE,
    MAX_FPS,
    MIN_FPS,
    read_bitrate,
    read_bytes,
    read_clock,
    read_decimal,
    read_fps,
)

from .drawn_text import read_font_size, read_text
from .expressions import read_clipped, read_expression
from .timestamps import read_timing

Rule = list[Any]

_INT = re.compile(r"[+-]?[0-9]{1,12}", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})", re.ASCII)
_RATIO = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)(?:[:/]([0-9]{1,6}))?", re.ASCII)
_FPS_NAMES = {"ntsc": 30.0, "pal": 25.0, "film": 24.0, "ntsc-film": 23.976, "ntsc_film": 23.976}
_SIZE = re.compile(r"([0-9]{1,5})[xX:]([0-9]{1,5})", re.ASCII)
_SIZE_NAME = re.compile(r"[a-z][a-z0-9\-]{1,11}", re.ASCII)
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.+\-]{1,40}", re.ASCII)
_COLOR = re.compile(
    r"(?:[A-Za-z]{3,24}|(?:0x|#)?[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?)"
    r"(?:@(?:0x[0-9A-Fa-f]{2}|[01](?:\.[0-9]{1,4})?))?",
    re.ASCII,
)
_LAYOUT = re.compile(
    r"[0-9]{1,2}(?:\.[0-9])?(?:\([a-z]{2,8}\))?|[0-9]{1,2}c|[A-Za-z]{2,14}"
    r"|[A-Z]{2,4}(?:\+[A-Z]{2,4}){1,15}|[0-9]\.[0-9]\.[0-9]",
    re.ASCII,
)
_PAN = re.compile(
    r"(?:mono|stereo|[2-9]\.[01](?:\([a-z]{2,6}\))?|[0-9]{1,2}c|quad|octagonal)"
    r"(?: ?\| ?[A-Zc][A-Z0-9]{0,3} ?[=<] ?"
    r"[+-]?(?:(?:[0-9](?:\.[0-9]{1,6})?|\.[0-9]{1,6})\*)?[A-Zc][A-Z0-9]{0,3}"
    r"(?: ?[+-] ?(?:(?:[0-9](?:\.[0-9]{1,6})?|\.[0-9]{1,6})\*)?[A-Zc][A-Z0-9]{0,3}){0,15}){1,16}",
    re.ASCII,
)
_PER_SECOND = {"ms": 1e3, "us": 1e6, "s": 1.0, "": 1.0}
MAX_SIDE = 16384
MAX_ROTATED_SIDE = 8192
_SAMPLE_RATES: Rule = ["int", 4000, 192000]


def is_kind(name: str) -> bool:
    """Whether `name` is a kind of value."""
    return name in _KINDS


def read_value(rule: Rule, text: str) -> str:
    """Return the value for the command line; raise ValueError with what the rule expects."""
    return _KINDS[rule[0]](rule, text)


def _int(rule: Rule, text: str) -> str:
    if not _INT.fullmatch(text) or not rule[1] <= int(text) <= rule[2]:
        raise ValueError(f"expected a whole number from {_short(rule[1])} to {_short(rule[2])}")
    return str(int(text))


def _float(rule: Rule, text: str) -> str:
    if not _FLOAT.fullmatch(text) or not rule[1] <= float(text) <= rule[2]:
        raise ValueError(f"expected a number from {_short(rule[1])} to {_short(rule[2])}")
    return text


def _bool(rule: Rule, text: str) -> str:
    known = {"0": "0", "1": "1", "true": "1", "false": "0", "yes": "1", "no": "0"}
    known |= {"on": "1", "off": "0", "auto": "auto", "-1": "-1"}
    if text.lower() not in known:
        raise ValueError("expected 0 or 1")
    return known[text.lower()]


def _enum(rule: Rule, text: str) -> str:
    if text not in rule[1:]:
        raise ValueError(f"expected one of {', '.join(rule[1:])}")
    return text


def _flags(rule: Rule, text: str) -> str:
    """Check `+a-b` or `a+b`; without flags in the table, a bit mask such as one of planes."""
    if len(rule) == 1:
        return _int(["int", 0, 255], text)
    parts = re.findall(r"[+-]?[^+-]+(?:-[a-z0-9]+)*", text)
    named = [part.lstrip("+-") for part in parts]
    if not named or "".join(parts) != text or any(name not in rule[1:] for name in named):
        named = re.split(r"[+]", text.lstrip("+-"))
        if any(name not in rule[1:] for name in named):
            raise ValueError(f"expected flags such as +{rule[1]}, of {', '.join(rule[1:])}")
    return text


def _re(rule: Rule, text: str) -> str:
    if not _compiled(rule[1]).fullmatch(text):
        raise ValueError(f"expected the form {rule[1]}")
    return text


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # without ASCII, \d would match full-width digits
    return re.compile(pattern, re.ASCII)


def _duration(rule: Rule, text: str) -> str:
    if seconds_of(text) > rule[1]:
        raise ValueError(f"expected at most {_short(rule[1])} seconds")
    return text


def seconds_of(text: str) -> float:
    """Return the seconds of `12.5`, `500ms` or `HH:MM:SS.mmm`; raise ValueError otherwise."""
    if clock := read_clock(text):
        return clock.total_seconds
    unit = next(unit for unit in _PER_SECOND if text.endswith(unit))
    number = read_decimal(text.removesuffix(unit))
    if number is not None:
        return number / _PER_SECOND[unit]
    raise ValueError("expected seconds or HH:MM:SS.mmm")


def _expression(rule: Rule, text: str) -> str:
    return read_expression(text)


def _dimension(rule: Rule, text: str) -> str:
    """Check a width or height: a number within bounds, or an expression."""
    if _INT.fullmatch(text):
        return _int(["int", -128, MAX_SIDE], text)
    return read_expression(text)


def _pattern(pattern: re.Pattern[str], expected: str) -> Callable[[Rule, str], str]:
    def check(rule: Rule, text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(f"expected {expected}")
        return text

    return check


def _list(rule: Rule, text: str) -> str:
    parts = text.split(rule[1])
    if len(parts) > 64:
        raise ValueError("at most 64 items are allowed")
    return str(rule[1]).join(read_value([rule[2]], part) for part in parts)


def _alternatives(rule: Rule, text: str) -> str:
    reasons = []
    for choice in rule[1:]:
        try:
            return read_value(choice, text)
        except ValueError as exc:
            reasons.append(str(exc).removeprefix("expected "))
    raise ValueError(f"expected {', or '.join(reasons)}")


def _ratio(rule: Rule, text: str) -> str:
    match = _RATIO.fullmatch(text)
    if match is None or match[2] == "0" or float(match[1]) > 10_000:
        raise ValueError("expected a ratio such as 16:9 or 1.78")
    return text.replace(":", "/")


def _fps(rule: Rule, text: str) -> str:
    if text in _FPS_NAMES:
        return text
    rate = read_fps(text)
    if rate is None:
        raise ValueError("expected frames per second such as 25, 29.97 or 30000/1001")
    if not MIN_FPS <= rate <= MAX_FPS:
        raise ValueError(f"expected {MIN_FPS} to {MAX_FPS} frames per second")
    return text


def _size(rule: Rule, text: str) -> str:
    if _SIZE_NAME.fullmatch(text):
        return text
    match = _SIZE.fullmatch(text)
    if match is None or not all(1 <= int(side) <= MAX_SIDE for side in match.groups()):
        raise ValueError(f"expected a size such as 1280x720, with sides up to {MAX_SIDE}")
    return f"{int(match[1])}x{int(match[2])}"


def _bitrate(rule: Rule, text: str) -> str:
    bits = read_bitrate(text)
    if bits is None or bits > MAX_BITRATE:
        raise ValueError("expected bits per second such as 3000000, 192k or 3M, up to 2G")
    return text


def _bytes(rule: Rule, text: str) -> str:
    """Check a size in bytes, and return it without FFmpeg's units."""
    size = read_bytes(text)
    if size is None or not rule[1] <= size <= rule[2]:
        raise ValueError(f"expected bytes such as 8000000, 8M or 8Mi, up to {_short(rule[2])}")
    return str(size)


def _short(number: float) -> str:
    return f"{number:g}"


_KINDS: dict[str, Callable[[Rule, str], str]] = {
    "int": _int,
    "float": _float,
    "ar": lambda _rule, text: _int(_SAMPLE_RATES, text),
    "bool": _bool,
    "enum": _enum,
    "flags": _flags,
    "re": _re,
    "dur": _duration,
    "expr": _expression,
    "dim": _dimension,
    "dimexpr": _dimension,
    "list": _list,
    "alt": _alternatives,
    "ratio": _ratio,
    "fps": _fps,
    "size": _size,
    "bitrate": _bitrate,
    "bytes": _bytes,
    "ident": _pattern(_IDENTIFIER, "a name of letters, digits, '_', '.', '+' and '-'"),
    "color": _pattern(_COLOR, "a colour name, or RRGGBB with an optional @alpha"),
    "layout": _pattern(_LAYOUT, "a channel layout such as stereo or 5.1"),
    "sfmt": _pattern(_IDENTIFIER, "a sample format such as s16 or fltp"),
    "pixfmt": _pattern(_IDENTIFIER, "a pixel format such as yuv420p"),
    "side": lambda _rule, text: read_clipped(text, MAX_ROTATED_SIDE),
    "text": lambda _rule, text: read_text(text),
    "fontsize": lambda _rule, text: read_font_size(text),
    "setpts": lambda _rule, text: read_timing(text).text,
    "pan": _pattern(_PAN, "a layout and gains such as stereo|c0=c0+c2|c1=c1+c2"),
}
