"""The field types of the job JSON: times, bit rates, sizes, names, stream maps."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationInfo, WithJsonSchema

from ffremote.config import WORKER_LABEL

from .filenames import invisible_in
from .grammar import (
    GRAPH_OUTPUT,
    MAX_BITRATE,
    MAX_FPS,
    MIN_FPS,
    STREAM_MAP,
    read_bitrate,
    read_clock,
    read_decimal,
    read_fps,
)

MAX_SECONDS = 7 * 86400.0
STORED = {"stored": True}
"""Validation context for a job that was accepted before."""


def _bitrate(value: Any) -> int:
    """Return the bits per second of `3M`, `192k`, `1.5M`, `3000000` or a JSON integer."""
    rate = None if isinstance(value, bool) else read_bitrate(str(value))
    if rate is None:
        raise ValueError("a bit rate is a number of bits per second such as 3000000, 192k or 3M")
    bits = round(rate)
    if not 500 <= bits <= MAX_BITRATE:
        raise ValueError("a bit rate is between 500 and 2G")
    return bits


def _seconds(value: Any) -> float:
    """Return the seconds of a number, a decimal text, `HH:MM:SS.mmm` or `MM:SS`."""
    text = value if isinstance(value, str) else ""
    seconds = float(value) if _is_number(value) else read_decimal(text)
    if seconds is None and (clock := read_clock(text)):
        if clock.seconds >= 60 or (clock.hours is not None and clock.minutes >= 60):
            raise ValueError("minutes and seconds are less than 60")
        seconds = clock.total_seconds
    if seconds is None:
        raise ValueError("a time is seconds such as 12.5, or HH:MM:SS.mmm such as 00:01:02.500")
    if not 0 <= seconds <= MAX_SECONDS:
        raise ValueError(f"a time is between 0 and {MAX_SECONDS:.0f} seconds")
    return round(seconds, 6)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fps(value: Any) -> str:
    """Return frames per second as text: a number, or a fraction such as `30000/1001`."""
    text = number_text(value) if _is_number(value) else value
    rate = float(value) if _is_number(value) else _rate(value)
    if rate is None:
        raise ValueError("fps is a number such as 25 or 29.97, or a fraction such as 30000/1001")
    if not MIN_FPS <= rate <= MAX_FPS:
        raise ValueError("fps is between 0.01 and 240")
    return text


def _rate(value: Any) -> float | None:
    """Return a frame rate's value; None also for FFmpeg's mixed form `29.97/1`."""
    if not isinstance(value, str) or ("." in value and "/" in value):
        return None
    return read_fps(value)


def _word(value: Any) -> Any:
    """Accept a JSON number where FFmpeg takes a word (`"level": 4.1`, `"preset": 8`)."""
    if _is_number(value):
        return number_text(value)
    return value


def _filename(value: Any, info: ValidationInfo) -> str:
    """Check a file name for the download; it is never part of a command line."""
    if not isinstance(value, str) or not value:
        raise ValueError("a file name is needed, such as out.mp4")
    if len(value.encode("utf-8")) > 255:
        raise ValueError("a file name has at most 255 bytes")
    if "/" in value or "\\" in value or value in (".", ".."):
        raise ValueError("a file name without directories is needed")
    # A job stored before this check existed may have such a name.
    if info.context is not STORED and (invisible := invisible_in(value)):
        raise ValueError(f"a file name cannot contain {invisible}, which is invisible")
    if value != value.strip():
        raise ValueError("a file name cannot begin or end with a space")
    if value.startswith("-"):
        raise ValueError("a file name cannot begin with '-'")
    return value


def bitrate_text(bits: int) -> str:
    """Return bits per second in FFmpeg's notation: `3M`, `192k`, `3500500`."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if bits % size == 0:
            return f"{bits // size}{unit}"
    return str(bits)


def number_text(value: float) -> str:
    """Return a number without trailing zeros, to six decimals: `12.5`, `23`."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


Bitrate = Annotated[
    int,
    BeforeValidator(_bitrate),
    PlainSerializer(bitrate_text, return_type=str),
    WithJsonSchema({"type": ["string", "integer"], "pattern": "^[0-9]+(\\.[0-9]+)?[kKmMgG]?$"}),
]
Seconds = Annotated[
    float,
    BeforeValidator(_seconds),
    WithJsonSchema({"type": ["number", "string"], "minimum": 0}),
]
Fps = Annotated[
    str, BeforeValidator(_fps), WithJsonSchema({"type": ["number", "string"], "maximum": 240})
]
Filename = Annotated[
    str, BeforeValidator(_filename), WithJsonSchema({"type": "string", "maxLength": 255})
]
CodecName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_\-]{0,39}$")]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,23}$"), BeforeValidator(_word)]
SubtitleStyle = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z0-9]{0,31}=[A-Za-z0-9 _.&#%+-]{1,64}"
        r"(?:,[A-Za-z][A-Za-z0-9]{0,31}=[A-Za-z0-9 _.&#%+-]{1,64}){0,31}$"
    ),
]
"""Fields of a style of libass with their values, for the filter's `force_style`."""
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]{1,40}$")]
Scale = Annotated[
    str,
    Field(
        pattern=r"^(?:[1-9][0-9]{0,4}[:x](?:[1-9][0-9]{0,4}|-1|-2)"
        r"|-[12]:[1-9][0-9]{0,4}|[1-9][0-9]{0,2}%)$"
    ),
]
Crop = Annotated[
    str, Field(pattern=r"^[1-9][0-9]{0,4}:[1-9][0-9]{0,4}(?::[0-9]{1,5}:[0-9]{1,5})?$")
]
StreamMap = Annotated[str, Field(pattern=f"{STREAM_MAP}|{GRAPH_OUTPUT}")]
GraphText = Annotated[str, Field(max_length=16384, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Line = Annotated[str, Field(max_length=1024, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
MetadataKey = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_\- ]{0,63}$")]
LabelKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-/]{0,62}$")]
LabelValue = Annotated[str, Field(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")]
WorkerLabel = Annotated[str, Field(pattern=rf"^{WORKER_LABEL}$")]
Filters = Annotated[tuple[Line, ...], Field(max_length=24, strict=False)]
"""Not strict: JSON has lists where the model has tuples."""
Volume = (
    Annotated[str, Field(pattern=r"^[+\-]?[0-9]{1,2}(\.[0-9]{1,2})?dB$")]
    | Annotated[float, Field(ge=0, le=10)]
)
TrackNumber = Annotated[int, Field(ge=0, le=99)]
InputNumber = Annotated[int, Field(ge=0, le=15)]
