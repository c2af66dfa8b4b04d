"""The streams that the maps of a job name."""

import re
from collections.abc import Iterable
from dataclasses import replace

from ffremote.states import FailureReason

from ..model.failure import TranscodeError, refuse
from ..model.media_info import MediaInfo, Stream

_MAP = re.compile(
    r"(?P<leaves_out>-?)0(?::(?P<index>[0-9]+)|"
    r"(?::(?P<kind>[vVasdt]))?(?::(?P<number>[0-9]+)|:m:(?P<key>\w+)(?::(?P<value>[^?]+))?)?)"
    r"(?P<if_there>\??)"
)
_KINDS = {"v": "video", "V": "video", "a": "audio", "s": "subtitle", "d": "data", "t": "attachment"}


def mapped(maps: Iterable[str], info: MediaInfo) -> list[Stream]:
    """Return the streams that `maps` name, in their order; a bare `0` means all.

    Raises TranscodeError (`no_such_stream`) for a map without a `?` that matches none.
    """
    chosen: list[Stream] = []
    for text in maps:
        match = _MAP.fullmatch(text)
        assert match is not None, text  # the spec's own grammar has passed it
        found = _matching(match, info)
        if match["leaves_out"]:
            chosen = [stream for stream in chosen if stream not in found]
        elif not found and not match["if_there"]:
            raise missing(f"The map {text!r} matches no stream of the input.", info)
        else:
            chosen += found
    return chosen


def _matching(match: re.Match[str], info: MediaInfo) -> list[Stream]:
    if match["index"]:
        return [stream for stream in info.streams if stream.index == int(match["index"])]
    there = list(info.streams)
    if match["kind"]:
        is_film = match["kind"] == "V"
        there = list(info.video_streams if is_film else info.of_kind(_KINDS[match["kind"]]))
    if match["number"]:
        number = int(match["number"])
        return there[number : number + 1]
    if match["key"]:
        return [stream for stream in there if _has_tag(stream, match["key"], match["value"])]
    return there


def _has_tag(stream: Stream, key: str, value: str | None) -> bool:
    found = stream.tags.get(key)
    return found is not None and value in (None, found)


def assumed(text: str, streams: Iterable[Stream]) -> list[Stream]:
    """Return streams, made of `streams`, that have the tag which the map `text` asks for."""
    match = _MAP.fullmatch(text)
    if match is None or not match["key"]:
        return []
    tags = {match["key"]: match["value"] or "und"}
    kind = _KINDS.get(match["kind"] or "")
    return [replace(stream, tags=tags) for stream in streams if kind in (None, stream.kind)]


def missing(sentence: str, info: MediaInfo) -> TranscodeError:
    """Make the error that says what is missing, and what there is."""
    there = ", ".join(f"{s.index}: {s.kind} ({s.codec})" for s in info.streams) or "none"
    return refuse(FailureReason.NO_SUCH_STREAM, sentence, f"The input has these streams: {there}.")
