"""The streams of an input that a key of the job names, such as `audio.input`."""

from collections.abc import Collection
from dataclasses import replace

from ffremote.spec import Audio

from ..model.media_info import MediaInfo, Stream
from .stream_maps import no_such_stream


def without_inputs(info: MediaInfo, numbers: Collection[int]) -> MediaInfo:
    """Return all inputs but those of `numbers`, as one."""
    return replace(info, streams=tuple(s for s in info.streams if s.input not in numbers))


def streams_of(info: MediaInfo, kind: str, number: int, field: str) -> tuple[Stream, ...]:
    """Return the streams of a kind that an input has.

    Raise TranscodeError (`no_such_stream`) with the key that names the input if it has none.
    """
    found = tuple(stream for stream in info.of_kind(kind) if stream.input == number)
    if not found:
        what = {"audio": "sound", "subtitle": "subtitles", "video": "picture"}[kind]
        raise no_such_stream(f"{field} names input {number}, which has no {what}.", info)
    return found


def sounds_of(audio: Audio | None, info: MediaInfo, default: MediaInfo) -> MediaInfo:
    """Return the streams among which the sound is chosen: those of `audio.input`, or `default`."""
    if audio is None or audio.input is None:
        return default
    return replace(info, streams=streams_of(info, "audio", audio.input, "audio.input"))
