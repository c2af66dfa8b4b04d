"""Filters and maps as `graph` and `streams` of the job, or as filters of its sections."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import CannotTranslate
from ..filters.chains import FilterChains
from ..filters.generated import Generated, filtered
from ..filters.graph import Graph, plain_graphs
from ..filters.graph_text import parse_chains
from ..filters.job_graph import GraphWriter, check_labels
from .inputs import Inputs
from .streams import checked_maps, plain_streams

_OPTIONS = {"v": "-vf", "a": "-af"}


@dataclass(frozen=True, slots=True)
class JobStreams:
    """The streams of a job and the filters between its inputs and them."""

    streams: tuple[str, ...]
    plain: tuple[Graph, ...] = ()
    """Graphs that become filters of the sections `video` and `audio`."""
    graph: str = ""
    is_whole: bool = False
    """Whether times after -i count in the result: the job has several inputs or a graph."""


def read_streams(inputs: Inputs, filters: FilterChains, maps: Sequence[str]) -> JobStreams:
    """Return the streams; raise CannotTranslate for labels and maps that do not fit together."""
    checked = checked_maps(maps, inputs.count)
    for kind in _OPTIONS:
        if filters.needs_graph(kind):
            checked = _as_graph(filters, kind, checked)
    check_labels(filters.graphs, checked)
    graphs = plain_graphs(filters.graphs) if inputs.is_single else None
    streams = None if graphs is None else plain_streams(checked, graphs)
    if graphs is not None and streams is not None:
        return JobStreams(tuple(streams), graphs, is_whole=inputs.counts_in_result)
    generated = _filtered(inputs, filters, checked)
    written = GraphWriter(inputs.numbers, generated).write(filters.graphs, checked)
    return JobStreams(written.streams, graph=written.text, is_whole=True)


def _as_graph(filters: FilterChains, kind: str, maps: Sequence[str]) -> list[str]:
    """Make the chain of -vf or -af a graph, and return the maps without the stream that it reads.

    Raise CannotTranslate for maps that leave open which stream that is.
    """
    text = filters.take(kind) or ""
    read = [each for each in maps if re.fullmatch(rf"\d+:{kind}(?::\d+)?\??", each)]
    if maps and len(read) != 1:
        raise CannotTranslate(
            f"{_OPTIONS[kind]} {text}",
            "these filters join or split streams",
            hint="write them with -filter_complex, and name their streams",
        )
    first = parse_chains(text)[0][0]
    has_input = bool(first.inputs) or not maps
    filters.graphs.append(text if has_input else f"[{read[0].rstrip('?')}]{text}")
    return [each for each in maps if each not in read]


def _filtered(inputs: Inputs, filters: FilterChains, maps: Sequence[str]) -> dict[int, Generated]:
    """Return the generated inputs with -vf and -af behind them, as far as these filter them."""
    generated = dict(inputs.generated)
    for kind in _kinds_read(inputs, maps, has_graph=bool(filters.graphs)):
        chain = filters.take(kind)
        if chain is None:
            continue
        if any(_may_be_of_kind(text, kind, inputs) for text in maps):
            raise CannotTranslate(
                _OPTIONS[kind],
                "it would filter a generated input and a file alike",
                hint="write the filters of each with -filter_complex",
            )
        for number, each in generated.items():
            if each.kind == kind:
                generated[number] = filtered(each, chain)
    return generated


def _kinds_read(inputs: Inputs, maps: Sequence[str], *, has_graph: bool) -> set[str]:
    """Return the kinds of the generated inputs that go into the result without a graph."""
    read = {int(text.split(":")[0].rstrip("?")) for text in maps if text[0].isdigit()}
    return {
        each.kind
        for number, each in inputs.generated.items()
        if number in read or (not maps and not has_graph)
    }


def _may_be_of_kind(text: str, kind: str, inputs: Inputs) -> bool:
    number, _, rest = text.rstrip("?").partition(":")
    return number.isdigit() and int(number) in inputs.files and rest[:1].lower() in ("", kind)
