"""Resolves the stream maps of a job (`0:a:1`, `-0:s`, `0:m:language:ger?`) against an input."""

from collections.abc import Iterable
from dataclasses import replace

from ffremote.spec.grammar import MapParts, read_stream_map
from ffremote.states import FailureReason

from ..model.failure import TranscodeError, refuse
from ..model.media_info import MediaInfo, Stream

_KINDS = {"v": "video", "V": "video", "a": "audio", "s": "subtitle", "d": "data", "t": "attachment"}


def mapped_streams(
    maps: Iterable[str], info: MediaInfo, made: Iterable[Stream] = ()
) -> list[Stream]:
    """Return the streams that `maps` name, in their order; a bare `0` means all of that input.

    `made` are the outputs of the job's graph. As in FFmpeg, those without a label come first.

    Raises TranscodeError (`no_such_stream`) for a map without a `?` that matches none.
    """
    labelled = {f"[{stream.tag}]": stream for stream in made if stream.tag}
    chosen = [stream for stream in made if not stream.tag]
    for text in maps:
        if text in labelled:
            chosen.append(labelled[text])
            continue
        parts = read_stream_map(text)
        assert parts is not None, text  # the job was checked by the same grammar
        found = matching(parts, info)
        if parts.excludes:
            chosen = [stream for stream in chosen if stream not in found]
        elif not found and not parts.is_optional:
            raise no_such_stream(_no_match(text, info), info)
        else:
            chosen += found
    return chosen


def _no_match(text: str, info: MediaInfo) -> str:
    several = any(stream.input for stream in info.streams)
    return f"The map {text!r} matches no stream of the input{'s' if several else ''}."


def is_whole(text: str) -> bool:
    """Whether a map is a bare `0`, `0?` or `1`: all streams of an input."""
    return text.removesuffix("?").isdecimal()


def matching(parts: MapParts, info: MediaInfo) -> list[Stream]:
    """Return the streams of the inputs that a map names."""
    candidates = [stream for stream in info.streams if stream.input == parts.input]
    if parts.kind is None and parts.number is not None:
        return [stream for stream in candidates if stream.index == parts.number]
    if parts.kind == "V":
        candidates = [s for s in candidates if s.kind == "video" and not s.is_picture]
    elif parts.kind:
        candidates = [s for s in candidates if s.kind == _KINDS[parts.kind]]
    if parts.number is not None:
        return candidates[parts.number : parts.number + 1]
    if parts.tag:
        return [stream for stream in candidates if _has_tag(stream, parts.tag, parts.tag_value)]
    return candidates


def _has_tag(stream: Stream, key: str, value: str | None) -> bool:
    found = stream.tags.get(key)
    return found is not None and value in (None, found)


def assumed_streams(text: str, streams: Iterable[Stream]) -> list[Stream]:
    """Return copies of `streams` that have the tag which the map `text` asks for."""
    parts = read_stream_map(text)
    if parts is None or not parts.tag:
        return []
    tags = {parts.tag: parts.tag_value or "und"}
    kind = _KINDS.get(parts.kind or "")
    return [replace(stream, tags=tags) for stream in streams if kind in (None, stream.kind)]


def no_such_stream(message: str, info: MediaInfo) -> TranscodeError:
    """Return the error for a missing stream; its hint lists the streams of the input."""
    several = any(stream.input for stream in info.streams)
    found = [f"{s.specifier if several else s.index}: {s.kind} ({s.codec})" for s in info.streams]
    what = "The inputs have" if several else "The input has"
    hint = f"{what} these streams: {', '.join(found) or 'none'}."
    return refuse(FailureReason.NO_SUCH_STREAM, message, hint)
