"""Writes a filter graph for the command line, with labels of ours only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ...model.media_info import Stream
from ...policy.graph import Filter, Graph
from ...policy.graphs.complex_graph import Node, Pad
from ...policy.graphs.graph_guard import guarded_graph
from ..resolved_job import ResolvedJob
from .graph_part import part_of


@dataclass(frozen=True, slots=True)
class Tail:
    """The filters behind an output of a graph."""

    graphs: tuple[Graph, ...] = ()
    last: str = ""
    """The text of a filter of ours behind them."""
    first: str = ""
    """The text of one before them."""


def graph_options(job: ResolvedJob, tails: Mapping[int, Tail], only: Collection[int]) -> list[str]:
    """Return the options of the job's graph, with the tails behind its outputs, by number.

    `only` are the numbers of the outputs to make in this pass.
    """
    graph = job.choice.graph
    if graph is None or not only:
        return []
    sides = [_shorter_side(stream) for stream in job.bound.values() if stream.kind == "video"]
    rates = [each.sample_rate for each in job.bound.values() if each.kind == "audio"]
    nodes = guarded_graph(graph, sides, job.capabilities.version, known_rates=rates)
    outputs = {number: pad for number, pad in enumerate(graph.outputs) if number in only}
    nodes = part_of(nodes, [pad.link for pad in outputs.values()])
    text = graph_text(nodes, outputs, job.bound, tails)
    return ["-filter_complex_threads", str(job.limits.threads), "-filter_complex", text]


def _shorter_side(stream: Stream) -> int | None:
    return min(stream.width, stream.height) if stream.width and stream.height else None


def graph_text(
    nodes: Sequence[Node],
    outputs: Mapping[int, Pad],
    streams: Mapping[int, Stream],
    tails: Mapping[int, Tail],
) -> str:
    """Return the text of `-filter_complex`.

    `streams` are those that the graph reads, by link; `tails` what is behind each output. The
    outputs are labelled `out0`, `out1`, …, as `Stream.specifier` names them.
    """
    names = {link: stream.specifier for link, stream in streams.items()}
    last = {}
    for number, pad in outputs.items():
        last[number] = _tail(tails.get(number, Tail()), number, names.get(pad.link, f"_{pad.link}"))
        if not last[number]:
            names[pad.link] = f"out{number}"
    text = ""
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
    return ";".join(each for each in (text, *last.values()) if each)


def _labels(links: Sequence[int], names: Mapping[int, str]) -> str:
    return "".join(f"[{names.get(link, f'_{link}')}]" for link in links)


def _tail(tail: Tail, number: int, source: str) -> str:
    """Return the text behind the output `number` of the graph, whose label is `source`."""
    if tail.first:
        rest = _tail(replace(tail, first=""), number, f"first{number}")
        end = f"first{number}];{rest}" if rest else f"out{number}]"
        return f"[{source}]{tail.first}[{end}"
    chains: list[list[Filter]] = [[]]
    names: dict[str, str] = {}
    for graph in tail.graphs:
        first, *others = graph.chains
        if others and first == (Filter("null", outputs=first[0].outputs),) and not chains[-1]:
            names[first[0].outputs[0]] = source  # the overlay reads the output itself
            chains.pop()
        elif others and first == (Filter("null", outputs=first[0].outputs),):
            chains[-1][-1] = replace(chains[-1][-1], outputs=first[0].outputs)
        else:
            chains[-1] += first
        chains += [list(chain) for chain in others]
    texts = [",".join(str(_renamed(each, names, number)) for each in chain) for chain in chains]
    texts[-1] = ",".join(text for text in (texts[-1], tail.last) if text)
    if not texts[-1]:
        return ""
    before = "" if source in names.values() else f"[{source}]"
    return f"{before}{';'.join(texts)}[out{number}]"


def _renamed(each: Filter, names: dict[str, str], number: int) -> Filter:
    """Return the filter with labels that no other output uses; streams of inputs stay."""
    inputs, outputs = (
        tuple(
            label if ":" in label else names.setdefault(label, f"t{number}_{len(names)}")
            for label in labels
        )
        for labels in (each.inputs, each.outputs)
    )
    return replace(each, inputs=inputs, outputs=outputs)
