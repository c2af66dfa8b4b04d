"""The text grammars that job fields and FFmpeg options share: times, rates and stream maps."""

import re
from dataclasses import dataclass
from functools import lru_cache

MAX_BITRATE = 2_000_000_000
MIN_FPS, MAX_FPS = 0.01, 240

_TAG = r"m:(?:language|title)(?::[^:?\x00-\x1f\x7f]{1,64})?"
_INPUT = r"(?:[0-9]|1[0-5])"
STREAM_MAP = rf"^-?{_INPUT}(?::(?:[vVasdt](?::(?:[0-9]{{1,3}}|{_TAG}))?|[0-9]{{1,3}}|{_TAG}))?\??$"
"""FFmpeg's stream maps: `0`, `0:a:1?`, `1:3`, `-0:s`, `0:a:m:language:eng`."""

GRAPH_OUTPUT = r"^\[[A-Za-z0-9_]{1,32}\]$"
"""The output of a job's filter graph by its label: `[v]`."""

_STREAM_MAP = re.compile(STREAM_MAP)
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", re.ASCII)
_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{1,2}(?:\.[0-9]{1,9})?)", re.ASCII)
_BITRATE = re.compile(r"([0-9]{1,10}(?:\.[0-9]{1,6})?)([kKmMgG]?)", re.ASCII)
_BYTES = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)(?:([kKMG])(i?))?(B?)", re.ASCII)
_FPS = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(?:/([0-9]{1,6}))?", re.ASCII)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


@dataclass(frozen=True, slots=True)
class Clock:
    """A time as `HH:MM:SS.mmm`; `hours` is None for `MM:SS`. No field is bounded to 59."""

    hours: int | None
    minutes: int
    seconds: float

    @property
    def total_seconds(self) -> float:
        """The whole time in seconds."""
        return (self.hours or 0) * 3600 + self.minutes * 60 + self.seconds


@dataclass(frozen=True, slots=True)
class MapParts:
    """A stream map by its parts; a part that the map does not name is None."""

    excludes: bool
    """The map begins with `-`: it removes streams that earlier maps chose."""
    input: int
    """The number of the input."""
    kind: str | None
    """One of FFmpeg's letters `v V a s d t`; `V` is video without cover pictures."""
    number: int | None
    """The index in the input, or the place among the streams of `kind`."""
    tag: str | None
    tag_value: str | None
    is_optional: bool
    """The map ends with `?`: it may match no stream."""


def read_decimal(text: str) -> float | None:
    """Return the value of `12` or `12.5`; None for a sign, an exponent or any other text."""
    return float(text) if _DECIMAL.fullmatch(text) else None


def read_clock(text: str) -> Clock | None:
    """Parse `HH:MM:SS.mmm` or `MM:SS`; return None for any other text."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    return Clock(int(match[1]) if match[1] else None, int(match[2]), float(match[3]))


def read_bitrate(text: str) -> float | None:
    """Return the bits per second of `3000000`, `192k` or `1.5M`; None for any other text."""
    match = _BITRATE.fullmatch(text)
    return float(match[1]) * _UNITS[match[2].lower()] if match else None


def read_bytes(text: str) -> int | None:
    """Return the size of `8000000`, `8M` or `8Mi` as FFmpeg reads it; None for any other text.

    FFmpeg takes a final `B` for eight times as much, as if the number were one of bits.
    """
    match = _BYTES.fullmatch(text)
    if match is None:
        return None
    unit = {"": 0, "k": 1, "m": 2, "g": 3}[(match[2] or "").lower()]
    return int(float(match[1]) * (1024 if match[3] else 1000) ** unit * (8 if match[4] else 1))


def read_fps(text: str) -> float | None:
    """Return the frames per second of `25`, `29.97` or `30000/1001`; None for any other text."""
    match = _FPS.fullmatch(text)
    divisor = int(match[2] or 1) if match else 0
    return float(match[1]) / divisor if match and divisor else None


@lru_cache(maxsize=1024)
def read_stream_map(text: str) -> MapParts | None:
    """Split a stream map into its parts; return None for text outside the grammar."""
    if not _STREAM_MAP.fullmatch(text):
        return None
    first, *parts = text.removeprefix("-").removesuffix("?").split(":")
    kind = parts.pop(0) if parts and parts[0].isalpha() and parts[0] != "m" else None
    tag, value, number = None, None, None
    if parts and parts[0] == "m":
        _, tag, value = [*parts, None][:3]
    elif parts:
        number = int(parts[0])
    return MapParts(text.startswith("-"), int(first), kind, number, tag, value, text.endswith("?"))
