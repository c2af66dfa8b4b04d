"""Applies the bounds of `held_frames` to all filters of a job."""

from collections.abc import Iterator, Sequence

from ..model.media_info import MADE, Stream
from ..policy.filtergraph import Filter, Graph
from ..policy.graphs.complex_graph import ComplexGraph
from ..policy.graphs.graph_ends import ends_with_another, is_source, source_seconds
from ..policy.graphs.source_frames import rate_of, size_of
from . import held_frames
from .resolved_job import ResolvedJob

_HOLDERS = frozenset({"reverse", "areverse", "loop", "aloop"})


def check_memory(job: ResolvedJob, video: Sequence[Graph], audio: Sequence[Graph]) -> None:
    """Raise TranscodeError if filters would hold more than fits into memory.

    `video` and `audio` are the filters of the streams of the result.
    """
    for stream in job.selection.video_streams[:1]:
        held_frames.check_video(video, stream, _seconds(job, stream), job.limits)
    for stream in job.selection.of_kind("audio"):
        held_frames.check_audio(audio, [stream], _seconds(job, stream), job.limits)
    for chain, link in _holding_chains(job.choice.graph):
        is_audio = chain[-1].name.startswith("a")
        stream = job.bound.get(link) or _made(chain[0], "audio" if is_audio else "video")
        seconds, graphs = _seconds_of_chain(job, chain, stream), [Graph((tuple(chain),))]
        if is_audio:
            held_frames.check_audio(graphs, [stream], seconds, job.limits)
        else:
            held_frames.check_video(graphs, stream, seconds, job.limits)


def _made(first: Filter, kind: str) -> Stream:
    """Return what a graph makes, with the size and the rate of a source."""
    if kind == "audio" or not is_source(first):
        return Stream(0, kind, "", input=MADE)
    width, height = size_of(first)
    return Stream(0, kind, "", width, height, rate_of(first), input=MADE)


def _seconds_of_chain(job: ResolvedJob, chain: Sequence[Filter], stream: Stream) -> float | None:
    """Return how much of a stream a chain reads at most, or how much its source makes."""
    if is_source(chain[0]) and not any(map(ends_with_another, chain)):
        return source_seconds(chain[0])
    return _seconds(job, stream)


def _seconds(job: ResolvedJob, stream: Stream) -> float | None:
    """Return how much of a stream is read at most.

    Of one that a graph makes, it is that of all inputs, or without inputs of all sources.
    """
    if not job.infos and job.choice.graph:
        return sum(source_seconds(each) for each in job.choice.graph.filters if is_source(each))
    numbers = range(len(job.infos)) if stream.is_made else [stream.input]
    known = [held_frames.seconds_read(job.infos[n], job.spec.sources[n]) for n in numbers]
    found = [seconds for seconds in known if seconds is not None]
    return sum(found) if len(found) == len(known) else None


def _holding_chains(graph: ComplexGraph | None) -> Iterator[tuple[list[Filter], int]]:
    """Yield each filter that holds frames, after the filters before it, and the link they read.

    Of a filter with several inputs, the first is followed: it decides the size.
    """
    if graph is None:
        return
    makers = graph.makers
    for node in graph.nodes:
        if node.filter.name not in _HOLDERS:
            continue
        chain, at = [node.filter], node
        while at.inputs and at.inputs[0] in makers:
            at = makers[at.inputs[0]]
            chain.insert(0, at.filter)
        yield chain, at.inputs[0] if at.inputs else -1
