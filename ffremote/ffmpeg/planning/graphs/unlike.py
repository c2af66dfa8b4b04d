"""Finds what keeps the packets of inputs from being played one after the other; pure.

The copies of the inputs are read with the codec's header and the properties of the first one, so
every other input has to be the same in all that a decoder or a player takes from there.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from ffremote.states import FailureReason

from ...formats.containers import container
from ...model.failure import refuse
from ...model.media_info import Stream

Chosen = tuple[Stream, ...]
EXTENSION = "mkv"
_EXACT = {
    "codec": "codec",
    "width": "width",
    "height": "height",
    "pix_fmt": "pixel format",
    "sample_rate": "sample rate",
    "channels": "number of channels",
}
_WITH_DEFAULT: dict[str, tuple[str, Any]] = {
    "rotation": ("rotation", 0),
    "sample_aspect_ratio": ("shape of a pixel", "1:1"),
}
_WHERE_KNOWN = {
    "profile": "profile",
    "level": "level",
    "sample_format": "sample format",
    "channel_layout": "channel layout",
    "color_range": "color range",
    "color_space": "color space",
    "color_transfer": "color transfer",
    "color_primaries": "color primaries",
    "language": "language",
}
_ANY_HEADER = frozenset(
    {"aac", "alac", "flac", "mp2", "mp3", "mpeg1video", "mpeg2video", "opus", "vp8", "vp9"}
)
"""Codecs whose header holds nothing that packets of another file miss and that is not compared."""
_CARRIED = "h264"
"""FFmpeg puts the header of each copy before its packets, where decoders find it."""


def difference(streams: Sequence[Chosen]) -> str | None:
    """Return why the packets of the inputs cannot be joined, None if they can."""
    first = streams[0]
    for stream in first:
        if not container(EXTENSION).takes(stream.kind, stream.codec):
            return f"Packets of {stream.codec} cannot be joined."
    for number, others in enumerate(streams[1:], 1):
        if [each.kind for each in others] != [each.kind for each in first]:
            has, wants = (
                " and ".join(each.kind for each in some) or "neither" for some in (others, first)
            )
            return f"Input {number} has {has}, but input 0 has {wants}."
        for stream, other in zip(first, others, strict=True):
            for word, here, there in _differences(stream, other):
                return (
                    f"The {word} of the {stream.kind} of input {number} is {here}, but that of"
                    f" input 0 is {there}."
                )
            if stream.codec != _CARRIED and _has_other_header(stream, other):
                return (
                    f"The codec header of the {stream.kind} of input {number} is not that of"
                    " input 0."
                )
    return None


def with_own_header(streams: Sequence[Chosen]) -> list[int]:
    """Return the numbers of the alike inputs whose packets need a header of their own.

    It is carried between the packets, which not every player reads.
    """
    pairs = enumerate(zip(streams[0], others, strict=True) for others in streams)
    return [n for n, pair in pairs if any(_has_other_header(*each) for each in pair)]


def refuse_unlike(streams: Sequence[Chosen]) -> None:
    """Raise TranscodeError, which names the difference, unless the inputs are alike."""
    found = difference(streams)
    if found is not None:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT,
            f"The inputs cannot be joined without encoding. {found}",
            "Join them with concat: encode, and encode video and audio.",
        )


def _differences(first: Stream, other: Stream) -> Iterator[tuple[str, Any, Any]]:
    """Yield the name of each property that differs, its value in `other`, and that in `first`."""
    for word, here, there in _properties(first, other):
        if here != there:
            yield word, here, there


def _properties(first: Stream, other: Stream) -> Iterator[tuple[str, Any, Any]]:
    for name, word in _EXACT.items():
        yield word, getattr(other, name), getattr(first, name)
    for name, (word, default) in _WITH_DEFAULT.items():
        yield word, getattr(other, name) or default, getattr(first, name) or default
    for name, word in _WHERE_KNOWN.items():
        here, there = getattr(other, name), getattr(first, name)
        if None not in (here, there):
            yield word, here, there


def _has_other_header(first: Stream, other: Stream) -> bool:
    return first.header != other.header and first.codec not in _ANY_HEADER
