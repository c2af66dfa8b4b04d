"""Chooses the streams of the inputs that a filter graph reads, and names those that it makes."""

from collections.abc import Collection, Iterable, Mapping

from ffremote.spec.grammar import read_stream_map
from ffremote.states import FailureReason

from ..model.failure import refuse
from ..model.media_info import MADE, MediaInfo, Stream
from ..policy.graphs.complex_graph import ComplexGraph, Pad
from .stream_maps import matching, no_such_stream

NOTHING: Mapping[int, Stream] = {}


def bind(graph: ComplexGraph, info: MediaInfo) -> dict[int, Stream]:
    """Return the stream of each link that the graph reads, in the order of the graph.

    A pad without a label gets the first stream of its kind that the graph does not read yet, which
    is FFmpeg's rule. Raises TranscodeError (`no_such_stream`) where there is none.
    """
    bound: dict[int, Stream] = {}
    for pad in graph.inputs:
        found = [s for s in _candidates(pad, info, bound.values()) if s.kind == pad.kind]
        if not found:
            raise no_such_stream(_missing(pad), info)
        bound[pad.link] = found[0]
    return bound


def made_streams(
    graph: ComplexGraph | None, offered: Collection[int] | None = None
) -> tuple[Stream, ...]:
    """Return the outputs of the graph as streams, without what only FFmpeg will know of them.

    `offered` are the numbers of those that one output may take, None for all.
    """
    outputs = graph.outputs if graph else ()
    return tuple(
        Stream(number, pad.kind, "", tag=pad.label, input=MADE)
        for number, pad in enumerate(outputs)
        if offered is None or number in offered
    )


def refuse_unconnected(made: Iterable[Stream], chosen: Iterable[Stream]) -> None:
    """Raise TranscodeError for an output of the graph that the result does not take."""
    taken = {stream.origin for stream in chosen}
    for stream in made:
        if stream.origin not in taken:
            raise refuse(
                FailureReason.BAD_FILTER,
                f"The {stream.kind} {stream.place} that the graph makes cannot go into the result.",
                "Choose a container that holds it, or remove it from the graph.",
            )


def _candidates(pad: Pad, info: MediaInfo, used: Iterable[Stream]) -> list[Stream]:
    if pad.label is None:
        taken = {stream.origin for stream in used}
        return [stream for stream in info.streams if stream.origin not in taken]
    parts = read_stream_map(pad.label)
    assert parts is not None, pad.label  # the graph was checked by the same grammar
    return matching(parts, info)


def _missing(pad: Pad) -> str:
    if pad.label is None:
        return f"The graph needs one more {pad.kind} stream than the inputs have."
    return f"The input [{pad.label}] of the graph matches no {pad.kind} stream."
