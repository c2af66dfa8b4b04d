"""Formats that the job declares: their options, their streams, the length of those without header.

FFmpeg computes the length of raw data from its size as well, but counts a last incomplete unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ffremote.spec import Input
from ffremote.states import FailureReason

from ..model.failure import refuse
from ..model.media_info import MediaInfo, Stream
from ..policy.tables import table

_RATE, _CHANNELS, _PIX_FMT, _FPS = 44100, 1, "yuv420p", "25"
_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
Plane = Sequence[int]


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest part of raw data that can be decoded: one frame, or one sample per channel."""

    bytes: int
    per_second: Fraction
    name: str

    def seconds(self, size: int) -> float:
        """Return the length of `size` bytes, without a last incomplete unit."""
        return float(size // self.bytes / self.per_second)


def raw_options(source: Input) -> list[str]:
    """Return the options that describe raw data to its demuxer; ffmpeg and ffprobe take them."""
    if _is_pcm(source):
        layout = _LAYOUTS.get(channels := source.channels or _CHANNELS, f"{channels}c")
        return ["-sample_rate", str(source.sample_rate or _RATE), "-ch_layout", layout]
    if not source.is_raw:
        return []
    return [
        *("-video_size", str(source.size), "-pixel_format", source.pix_fmt or _PIX_FMT),
        *("-framerate", source.fps or _FPS),
    ]


def declared_input(source: Input) -> MediaInfo | None:
    """Return what the declared format says of an input; None for one that is detected."""
    if source.format is None:
        return None
    kind, codec = _stream_of(source.format)
    stream = Stream(0, kind, codec)
    if _is_pcm(source):
        stream = replace(
            stream,
            sample_rate=source.sample_rate or _RATE,
            channels=source.channels or _CHANNELS,
        )
    elif source.is_raw:
        width, height = _size_of(source)
        pix_fmt, fps = source.pix_fmt or _PIX_FMT, float(Fraction(source.fps or _FPS))
        stream = replace(stream, width=width, height=height, pix_fmt=pix_fmt, fps=fps)
    return MediaInfo(source.format, None, (stream,))


def with_length(info: MediaInfo, source: Input, size: int) -> MediaInfo:
    """Return `info` with the length that `size` bytes of raw data have; other inputs as they are.

    Raise TranscodeError for less than one frame or sample.
    """
    unit = unit_of(source)
    if unit is None:
        return info
    if size < unit.bytes:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT,
            f"The input has {size} bytes, less than one {unit.name} ({unit.bytes} bytes).",
            "Check format, size and pix_fmt, or channels, of the input.",
        )
    seconds = unit.seconds(size)
    streams = tuple(replace(stream, duration=seconds) for stream in info.streams)
    return replace(info, duration=seconds, declared=seconds, streams=streams)


def rest_warnings(infos: Sequence[MediaInfo], sources: Sequence[Input]) -> list[str]:
    """Return a warning for each raw input whose size is no multiple of its frames or samples."""
    warnings = []
    for info, source in zip(infos, sources, strict=True):
        unit = unit_of(source)
        if unit is None or not info.bytes or not info.bytes % unit.bytes:
            continue
        what = "size and pix_fmt" if unit.name == "frame" else "format and channels"
        warnings.append(
            f"The {info.bytes} bytes of the {source.format} input are no multiple of the"
            f" {unit.bytes} bytes of a {unit.name}; the last {info.bytes % unit.bytes} are left"
            f" out. If the result is garbled, check {what} of the input."
        )
    return warnings


def unit_of(source: Input) -> Unit | None:
    """Return the unit of raw data; None for an input with a header."""
    if _is_pcm(source):
        samples: Mapping[str, Sequence[str | int]] = table("raw")["pcm"]
        width = int(samples[source.format or ""][1])
        rate = Fraction(source.sample_rate or _RATE)
        return Unit(width * (source.channels or _CHANNELS), rate, "sample")
    if not source.is_raw:
        return None
    width, height = _size_of(source)
    planes: Sequence[Plane] = table("raw")["planes"][source.pix_fmt or _PIX_FMT]
    size = sum(_ceil(width, right) * _ceil(height, down) * each for right, down, each in planes)
    return Unit(size, Fraction(source.fps or _FPS), "frame")


def _ceil(side: int, shift: int) -> int:
    return -(-side >> shift)


def _is_pcm(source: Input) -> bool:
    return source.format in table("raw")["pcm"]


def _stream_of(name: str) -> tuple[str, str]:
    found = table("raw")
    if name in found["pcm"]:
        return "audio", str(found["pcm"][name][0])
    kind, codec = found["streams"][name]
    return kind, codec


def _size_of(source: Input) -> tuple[int, int]:
    width, _, height = (source.size or "").partition("x")
    return int(width), int(height)
