"""Writes a filter graph for the command line, with labels of ours only."""

from collections.abc import Mapping, Sequence

from ...model.media_info import Stream
from ...policy.graph import Graph
from ...policy.graphs.complex_graph import Node, Pad
from ...policy.graphs.graph_guard import guarded_graph
from ..resolved_job import ResolvedJob

Filters = Mapping[str, Sequence[Graph]]
"""The filters behind what a graph makes, by kind of stream."""


def graph_options(outputs: Sequence[tuple[ResolvedJob, Filters]]) -> list[str]:
    """Return the options of the graph of a job, which is given as it is for each output of a run.

    The filters of an output follow what it takes of the graph.
    """
    job = outputs[0][0]
    graph = job.choice.graph
    if graph is None or not any(each.selection.made for each, _ in outputs):
        return []
    sides = [_shorter_side(stream) for stream in job.bound.values() if stream.kind == "video"]
    nodes = guarded_graph(graph, sides, job.capabilities.version)
    tails = {
        stream.index: ",".join(map(str, filters.get(stream.kind, ())))
        for each, filters in outputs
        for stream in each.selection.made
    }
    text = graph_text(nodes, graph.outputs, job.bound, tails)
    return ["-filter_complex_threads", str(job.limits.threads), "-filter_complex", text]


def _shorter_side(stream: Stream) -> int | None:
    return min(stream.width, stream.height) if stream.width and stream.height else None


def graph_text(
    nodes: Sequence[Node],
    outputs: Sequence[Pad],
    streams: Mapping[int, Stream],
    tails: Mapping[int, str],
) -> str:
    """Return the text of `-filter_complex`.

    `streams` are those that the graph reads, by link; `tails` the filters after each output, by
    its number. The outputs are labelled `out0`, `out1`, …, as `Stream.specifier` names them.
    """
    names = {link: stream.specifier for link, stream in streams.items()}
    text = ""
    for number, pad in enumerate(outputs):
        names[pad.link] = f"_{pad.link}" if tails.get(number) else f"out{number}"
    before: tuple[int, ...] = ()
    for node in nodes:
        goes_on = len(before) == 1 and node.inputs == before and before[0] not in names
        if goes_on:
            text += f",{node.filter}"
        else:
            text += _labels(before, names) + (";" if text else "")
            text += f"{_labels(node.inputs, names)}{node.filter}"
        before = node.outputs
    text += _labels(before, names)
    for number, pad in enumerate(outputs):
        if tail := tails.get(number):
            text += f";[{names[pad.link]}]{tail}[out{number}]"
    return text


def _labels(links: Sequence[int], names: Mapping[int, str]) -> str:
    return "".join(f"[{names.get(link, f'_{link}')}]" for link in links)
