"""Joins the packets of alike inputs: each is copied into a file of ours, a list of ours names them.

The concat demuxer opens whatever a list names, so it never reads an upload, and its list and the
files in it have names that are written here.
"""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from ffremote.spec import Input, JobSpec

from ...model.media_info import MediaInfo, Stream
from ..held_frames import seconds_read
from .unlike import Chosen

DEMUXER = "concat"
_MOVIES = "mov"
_EXACT_TIMES = frozenset({_MOVIES, "mpegts"})
_MAX_TIMESCALE, _USUAL_TIMESCALE = (1 << 31) - 1, 90_000
_MUXERS = {_MOVIES: "mp4"}
_IN_MP4 = frozenset({"aac", "h264", "hevc", "mpeg4"})
_PARTS = "matroska"


@dataclass(frozen=True, slots=True)
class Parts:
    """The inputs of a job whose packets are joined, and the streams that are taken of each."""

    spec: JobSpec
    infos: tuple[MediaInfo, ...]
    streams: tuple[Chosen, ...]

    @property
    def format(self) -> str:
        """The demuxer of the copies; MP4 keeps times exactly, but takes fewer codecs."""
        are_exact = {info.format.split(",")[0] for info in self.infos} <= _EXACT_TIMES
        is_usual = {stream.codec for stream in self.streams[0]} <= _IN_MP4
        return _MOVIES if are_exact and is_usual else _PARTS

    @property
    def timescale(self) -> int | None:
        """Units of time in a second of the pictures in all copies; None where they are the same.

        FFmpeg reads the times of all copies in the unit of the first.
        """
        if self.format != _MOVIES:
            return None
        videos = [each for part in self.streams for each in part if each.kind == "video"]
        units = {_units(each) for each in videos}
        if len(units) < 2:
            return None
        common = math.lcm(*units)
        return common if common <= _MAX_TIMESCALE else _USUAL_TIMESCALE

    @property
    def joined(self) -> MediaInfo:
        """What the list contains, as one input."""
        lengths = [_seconds(*each) for each in zip(self.infos, self.spec.sources, strict=True)]
        known = [length for length in lengths if length is not None]
        return MediaInfo(
            DEMUXER,
            sum(known) if len(known) == len(lengths) else None,
            tuple(
                replace(stream, index=index, input=0, duration=None, start=None, tags={})
                for index, stream in enumerate(self.streams[0])
            ),
        )


def _units(stream: Stream) -> int:
    return Fraction(stream.time_base).denominator if stream.time_base else _USUAL_TIMESCALE


def _seconds(info: MediaInfo, source: Input) -> float | None:
    return None if source.is_retimed else seconds_read(info, source)


def list_name(attempt: str) -> str:
    """Return the name of the list."""
    return f"{attempt}/list"


def part_name(number: int) -> str:
    """Return the name of the copy of an input, beside the list."""
    return f"part{number}"


def list_text(parts: Parts) -> str:
    """Return the list of the copies.

    A copy of an MP4 file in Matroska lasts longer than the file by what an encoder put before the
    sound, which cannot be placed before time 0 there, so the list has the duration of the file.
    """
    lines = ["ffconcat version 1.0"]
    for number, (info, source) in enumerate(zip(parts.infos, parts.spec.sources, strict=True)):
        lines.append(f"file {part_name(number)}")
        is_whole = source == Input(upload_id=source.upload_id)
        if is_whole and info.format.startswith("mov") and info.duration is not None:
            lines.append(f"duration {info.duration:.6f}")
    return "".join(f"{line}\n" for line in lines)


def list_options(parts: Parts) -> list[str]:
    """Return the options before the list: it names files beside it only, all of one format."""
    formats = f"{DEMUXER},{parts.format}"
    return ["-protocol_whitelist", "file", "-format_whitelist", formats, "-safe", "1"]


def writing_options(parts: Parts, attempt: str, number: int) -> list[str]:
    """Return the end of the command that copies an input."""
    scale = parts.timescale
    words = [] if scale is None else ["-video_track_timescale", str(scale)]
    muxer = _MUXERS.get(parts.format, parts.format)
    return [*words, "-f", muxer, f"file:{attempt}/{part_name(number)}"]
