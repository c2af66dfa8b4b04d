"""The streams that the maps of a job name."""

import re
from collections.abc import Iterable

from ffremote.states import FailureReason

from .facts import MediaFacts, Stream
from .failure import TranscodeError, refuse

_MAP = re.compile(r"(-?)0(?::([vVasdt])(?::([0-9]+))?|:([0-9]+))?(\??)", re.ASCII)
_KINDS = {"v": "video", "V": "video", "a": "audio", "s": "subtitle", "d": "data", "t": "attachment"}


def mapped(maps: Iterable[str], facts: MediaFacts) -> list[Stream]:
    """Return the streams that `maps` name, in their order; a bare `0` means all.

    Raises TranscodeError (`no_such_stream`) for a map without a `?` that matches none.
    """
    chosen: list[Stream] = []
    for text in maps:
        match = _MAP.fullmatch(text)
        assert match is not None, text  # the spec's own grammar has passed it
        found = _matching(match, facts)
        if match[1]:
            chosen = [stream for stream in chosen if stream not in found]
        elif not found and not match[5]:
            raise missing(f"no stream matches {text!r}", facts)
        else:
            chosen += found
    return chosen


def _matching(match: re.Match[str], facts: MediaFacts) -> list[Stream]:
    if match[4]:
        return [stream for stream in facts.streams if stream.index == int(match[4])]
    if not match[2]:
        return list(facts.streams)
    there = list(facts.films if match[2] == "V" else facts.of_kind(_KINDS[match[2]]))
    if match[3]:
        number = int(match[3])
        return there[number : number + 1]
    return there


def missing(what: str, facts: MediaFacts) -> TranscodeError:
    """Make the error that says what is not there, and what is."""
    there = ", ".join(f"{s.index}: {s.kind} ({s.codec})" for s in facts.streams) or "none"
    return refuse(
        FailureReason.NO_SUCH_STREAM, f"The {what}.", f"The input has these streams: {there}."
    )
