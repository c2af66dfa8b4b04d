"""Joins the packets of alike inputs: each is copied into a file of ours, a list of ours names them.

The concat demuxer opens whatever a list names, so it never reads an upload, and its list and the
files in it have names that are written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ffremote.spec import Input, JobSpec
from ffremote.states import FailureReason

from ...formats.containers import container
from ...model.failure import refuse
from ...model.media_info import MediaInfo, Stream
from ..held_frames import seconds_read

DEMUXER = "concat"
_MOVIES = "mov"
_MUXERS = {_MOVIES: "mp4"}
_IN_MP4 = frozenset({"aac", "h264", "hevc", "mpeg4"})
_PARTS = "matroska"
_EXTENSION = "mkv"
_SAME = {
    "codec": "codec",
    "width": "width",
    "height": "height",
    "pix_fmt": "pixel format",
    "sample_rate": "sample rate",
    "channels": "number of channels",
}
Chosen = tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The inputs of a job whose packets are joined, and the streams that are taken of each."""

    spec: JobSpec
    infos: tuple[MediaInfo, ...]
    streams: tuple[Chosen, ...]

    @property
    def format(self) -> str:
        """The demuxer of the copies; MP4 keeps the exact times of MP4, but takes fewer codecs."""
        are_movies = all(info.format.split(",")[0] == _MOVIES for info in self.infos)
        is_usual = {stream.codec for stream in self.streams[0]} <= _IN_MP4
        return _MOVIES if are_movies and is_usual else _PARTS

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
    return ["-f", _MUXERS.get(parts.format, parts.format), f"file:{attempt}/{part_name(number)}"]


def difference(streams: Sequence[Chosen]) -> str | None:
    """Return why the packets of the inputs cannot be joined, None if they can."""
    first = streams[0]
    for stream in first:
        if not container(_EXTENSION).takes(stream.kind, stream.codec):
            return f"Packets of {stream.codec} cannot be joined."
    for number, others in enumerate(streams[1:], 1):
        if [each.kind for each in others] != [each.kind for each in first]:
            has, wants = (
                " and ".join(each.kind for each in some) or "neither" for some in (others, first)
            )
            return f"Input {number} has {has}, but input 0 has {wants}."
        for stream, other in zip(first, others, strict=True):
            for name, word in _SAME.items():
                here, there = getattr(other, name), getattr(stream, name)
                if here != there:
                    return (
                        f"The {word} of the {stream.kind} of input {number} is {here}, but that of"
                        f" input 0 is {there}."
                    )
    return None


def refuse_unlike(streams: Sequence[Chosen]) -> None:
    """Raise TranscodeError, which names the difference, unless the inputs are alike."""
    found = difference(streams)
    if found is not None:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT,
            f"The inputs cannot be joined without encoding. {found}",
            "Join them with concat: encode, and encode video and audio.",
        )
