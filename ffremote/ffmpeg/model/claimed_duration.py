"""How long the streams of an input are by its own claims: headers, tags and clocks.

A claim foretells the result, for progress and for the verification; it never proves anything. A
recorder that was cut leaves any length in its header, a subtitle may lie past the end of the film,
and the clock of a broadcast jumps.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from .media_info import MediaInfo, Stream

# ffprobe takes the last time stamp less the first
_CLOCKS = frozenset({"mpeg", "mpegts"})
# these count lengths from the time 0, not from the first time stamp
_FROM_ZERO = frozenset({"matroska"})
_DURATION = re.compile(r"([0-9]{2,}):([0-5][0-9]):([0-5][0-9](?:\.[0-9]{1,9})?)", re.ASCII)
_MIN_BITS_PER_SECOND = 500  # a speech codec needs more


class Basis(StrEnum):
    """What the claimed lengths of an input rest on."""

    HEADER = "header"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Span:
    """A stream's place on the input's own time line, in seconds from its first time stamp."""

    begin: float
    end: float
    is_own: bool = True
    """It is said of this stream; else it is the length of the whole input."""


def basis(info: MediaInfo) -> Basis:
    """Return what the lengths of this format rest on."""
    return Basis.CLOCK if _format(info) in _CLOCKS else Basis.HEADER


def claimed_span(info: MediaInfo, stream: Stream) -> Span | None:
    """Return where the input says that this stream begins and ends; None when it does not say."""
    first = info.start or 0.0
    begin = max(0.0, (stream.start if stream.start is not None else first) - first)
    length = _tagged(info, stream) or stream.duration
    if length is not None and length >= 0.99 * (info.duration or 0.0):
        length = max(length, info.declared or 0.0)  # it is that of the longest stream
    if length is not None:
        return Span(begin, begin + length)
    whole = claimed_length(info)
    return None if whole is None else Span(min(begin, whole), whole, is_own=False)


def claimed_length(info: MediaInfo) -> float | None:
    """Return the length of the whole input as its header claims it, less a late start."""
    if info.duration is None:
        return info.declared
    return _less_start(info, info.duration, info.start)


def is_plausible(info: MediaInfo, seconds: float) -> bool:
    """Whether a file of this size can last that long."""
    return not info.bytes or info.bytes * 8 >= seconds * _MIN_BITS_PER_SECOND


def _tagged(info: MediaInfo, stream: Stream) -> float | None:
    """Matroska's tag DURATION: in FFmpeg's files the end of the stream, in others its length."""
    match = _DURATION.fullmatch(stream.tags.get("duration", "").strip())
    if match is None:
        return None
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])
    return _less_start(info, seconds, stream.start) if 0 < seconds < 1e9 else None


def _less_start(info: MediaInfo, seconds: float, start: float | None) -> float:
    late = _format(info) in _FROM_ZERO and start is not None and 0 < start < seconds
    return seconds - (start or 0.0) if late else seconds


def _format(info: MediaInfo) -> str:
    return info.format.split(",")[0]
