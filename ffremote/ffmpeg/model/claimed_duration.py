"""Stream durations as an input claims them in headers, tags and time stamps.

Claims predict the result, for progress and verification, but prove nothing: an interrupted
recorder leaves any duration in the header, a subtitle may start after the video ends, and the clock
of a broadcast jumps.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from .media_info import MediaInfo, Stream

# for these ffprobe computes last time stamp - first time stamp
_CLOCKS = frozenset({"mpeg", "mpegts"})
# these count durations from time 0, not from the first time stamp
_FROM_ZERO = frozenset({"matroska"})
_DURATION = re.compile(r"([0-9]{2,}):([0-5][0-9]):([0-5][0-9](?:\.[0-9]{1,9})?)", re.ASCII)
_MIN_BITS_PER_SECOND = 500  # even a speech codec needs more


class Basis(StrEnum):
    """Where the claimed durations of an input come from."""

    HEADER = "header"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Span:
    """Begin and end of a stream, in seconds from the first time stamp of the input."""

    begin: float
    end: float
    is_own: bool = True
    """Whether the input claims it for this stream, not only for the whole file."""


def basis(info: MediaInfo) -> Basis:
    """Return where the durations of this format come from."""
    return Basis.CLOCK if _format(info) in _CLOCKS else Basis.HEADER


def claimed_span(info: MediaInfo, stream: Stream) -> Span | None:
    """Return the claimed begin and end of a stream, or None if the input claims none."""
    first = info.start or 0.0
    begin = max(0.0, (stream.start if stream.start is not None else first) - first)
    length = _tagged(info, stream) or stream.duration
    if length is not None and length >= 0.99 * (info.duration or 0.0):
        length = max(length, info.declared or 0.0)  # the duration of the longest stream
    if length is not None:
        return Span(begin, begin + length)
    end = claimed_length(info)
    return None if end is None else Span(min(begin, end), end, is_own=False)


def claimed_length(info: MediaInfo) -> float | None:
    """Return the claimed duration of the input in seconds, minus a late start."""
    if info.duration is None:
        return info.declared
    return _minus_start(info, info.duration, info.start)


def is_plausible(info: MediaInfo, seconds: float) -> bool:
    """Whether a file of this size can last `seconds`."""
    return not info.bytes or info.bytes * 8 >= seconds * _MIN_BITS_PER_SECOND


def _tagged(info: MediaInfo, stream: Stream) -> float | None:
    """Return Matroska's tag DURATION: the end of the stream in FFmpeg's files, else its length."""
    match = _DURATION.fullmatch(stream.tags.get("duration", "").strip())
    if match is None:
        return None
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])
    return _minus_start(info, seconds, stream.start) if 0 < seconds < 1e9 else None


def _minus_start(info: MediaInfo, seconds: float, start: float | None) -> float:
    is_late = _format(info) in _FROM_ZERO and start is not None and 0 < start < seconds
    return seconds - (start or 0.0) if is_late else seconds


def _format(info: MediaInfo) -> str:
    return info.format.split(",")[0]
