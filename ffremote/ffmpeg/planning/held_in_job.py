"""Applies the bounds of `held_frames` to all filters of a job."""

from collections.abc import Iterator, Sequence

from ..model.media_info import MADE, Stream
from ..policy.filtergraph import Filter, Graph
from ..policy.graphs.complex_graph import ComplexGraph
from . import held_frames
from .resolved_job import ResolvedJob

_HOLDERS = frozenset({"reverse", "areverse", "loop", "aloop"})
_UNKNOWN = {kind: Stream(0, kind, "", input=MADE) for kind in ("video", "audio")}


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
        stream = job.bound.get(link, _UNKNOWN["audio" if is_audio else "video"])
        seconds, graphs = _seconds(job, stream), [Graph((tuple(chain),))]
        if is_audio:
            held_frames.check_audio(graphs, [stream], seconds, job.limits)
        else:
            held_frames.check_video(graphs, stream, seconds, job.limits)


def _seconds(job: ResolvedJob, stream: Stream) -> float | None:
    """Return how much of a stream is read at most; of one that a graph makes, of all inputs."""
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
