"""The small grammars of the job JSON: times, bit rates, sizes, names, stream maps."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationInfo, WithJsonSchema

from .filenames import invisible_in
from .grammar import (
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
"""The context in which a job is read that was accepted before."""


def _bitrate(value: Any) -> int:
    """Read `3M`, `192k`, `1.5M`, `3000000` or a JSON integer as bits per second."""
    rate = None if isinstance(value, bool) else read_bitrate(str(value))
    if rate is None:
        raise ValueError("a bit rate is a number of bits per second such as 3000000, 192k or 3M")
    bits = round(rate)
    if not 500 <= bits <= MAX_BITRATE:
        raise ValueError("a bit rate lies between 500 and 2G")
    return bits


def _seconds(value: Any) -> float:
    """Read seconds, or `HH:MM:SS.mmm`, `MM:SS`."""
    text = value if isinstance(value, str) else ""
    seconds = float(value) if _is_number(value) else read_decimal(text)
    if seconds is None and (clock := read_clock(text)):
        if clock.seconds >= 60 or (clock.hours is not None and clock.minutes >= 60):
            raise ValueError("minutes and seconds are less than 60")
        seconds = clock.total_seconds
    if seconds is None:
        raise ValueError("a time is seconds such as 12.5, or HH:MM:SS.mmm such as 00:01:02.500")
    if not 0 <= seconds <= MAX_SECONDS:
        raise ValueError(f"a time lies between 0 and {MAX_SECONDS:.0f} seconds")
    return round(seconds, 6)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fps(value: Any) -> str:
    """Read frames per second: a number, or a fraction such as `30000/1001`."""
    text = number_text(value) if _is_number(value) else value
    rate = float(value) if _is_number(value) else _rate(value)
    if rate is None:
        raise ValueError("fps is a number such as 25 or 29.97, or a fraction such as 30000/1001")
    if not MIN_FPS <= rate <= MAX_FPS:
        raise ValueError("fps lies between 0.01 and 240")
    return text


def _rate(value: Any) -> float | None:
    """Read the text of a frame rate, without FFmpeg's mixed form `29.97/1`."""
    if not isinstance(value, str) or ("." in value and "/" in value):
        return None
    return read_fps(value)


def _word(value: Any) -> Any:
    """Let a JSON number stand where FFmpeg takes a word (`"level": 4.1`, `"preset": 8`)."""
    if _is_number(value):
        return number_text(value)
    return value


def _filename(value: Any, info: ValidationInfo) -> str:
    """Check a bare file name: a label for the download, which never reaches a command line."""
    if not isinstance(value, str) or not value:
        raise ValueError("a bare file name is needed, such as out.mp4")
    if len(value.encode("utf-8")) > 255:
        raise ValueError("a file name has 255 bytes at most")
    if "/" in value or "\\" in value or value in (".", ".."):
        raise ValueError("a bare file name is needed, without directories")
    # A stored job may have a name from before this was refused.
    if info.context is not STORED and (invisible := invisible_in(value)):
        raise ValueError(f"a file name cannot hold {invisible}, which is invisible")
    if value != value.strip():
        raise ValueError("a file name cannot begin or end with a space")
    if value.startswith("-"):
        raise ValueError("a file name cannot begin with '-'")
    return value


def bitrate_text(bits: int) -> str:
    """Write bits per second as FFmpeg users do: `3M`, `192k`, `3500500`."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if bits % size == 0:
            return f"{bits // size}{unit}"
    return str(bits)


def number_text(value: float) -> str:
    """Write a number without needless digits: `12.5`, `23`."""
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
StreamMap = Annotated[str, Field(pattern=STREAM_MAP)]
Line = Annotated[str, Field(max_length=1024, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
MetadataKey = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_\- ]{0,63}$")]
LabelKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-/]{0,62}$")]
LabelValue = Annotated[str, Field(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")]
