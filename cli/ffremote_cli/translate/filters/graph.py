"""-filter_complex as at most one video graph and one audio graph of the single input.

Such graphs become the `video.filters` and `audio.filters` of a job, all others its `graph`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .graph_text import Chain, Filter, parse_chains
from .kinds import kind_of_filter, needs_graph

_STREAM_LABEL = re.compile(r"\d+(?::.*)?")
_OF_KIND = re.compile(r"0:([va])(?::(\d{1,3}))?")
_OF_FIRST_INPUT = re.compile(r"0(?::\d{1,3})?")


class NotPlain(Exception):
    """The graph mixes streams, or makes several of a kind."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A filter graph with one input and one output."""

    kind: str
    """`v` or `a`."""
    text: str
    """The filters, without the labels of input and output."""
    source: str
    """The stream that the graph reads, as a map of the job: `0:v:0`."""
    label: str | None
    """The label of the output, for -map."""


def plain_graphs(texts: Sequence[str]) -> tuple[Graph, ...] | None:
    """Return one video graph, one audio graph, both or none; None for anything else.

    Raise CannotTranslate for a text that is no filter graph.
    """
    chains = [parse_chains(text) for text in texts]
    try:
        graphs = tuple(_graph(group) for each in chains for group in _connected(each))
    except NotPlain:
        return None
    kinds = [graph.kind for graph in graphs]
    return graphs if len(set(kinds)) == len(kinds) else None


def _connected(chains: Sequence[Chain]) -> list[list[Chain]]:
    """Group the chains that labels connect, each group in the order of the text."""
    groups: list[tuple[set[str], list[int]]] = []
    for index, chain in enumerate(chains):
        labels, indexes = _own_labels(chain), [index]
        for group in [each for each in groups if each[0] & labels]:
            labels |= group[0]
            indexes += group[1]
            groups.remove(group)
        groups.append((labels, sorted(indexes)))
    groups.sort(key=lambda group: group[1])
    return [[chains[index] for index in indexes] for _, indexes in groups]


def _own_labels(chain: Chain) -> set[str]:
    named = {label for each in chain for label in (*each.inputs, *each.outputs)}
    return {label for label in named if not _STREAM_LABEL.fullmatch(label)}


def _graph(chains: list[Chain]) -> Graph:
    """Return the graph without the labels of its input and output."""
    filters = [each for chain in chains for each in chain]
    if any(needs_graph(each.name) for each in filters):
        raise NotPlain
    label = _output(chains, filters)
    kind, source, count = _input(chains, filters)
    bare = [tuple(_without_output(each, label) for each in chain) for chain in chains]
    bare = _split_input(bare, kind, count) if count > 1 else [_without_input(c) for c in bare]
    return Graph(kind, ";".join(",".join(map(str, chain)) for chain in bare), source, label)


def _input(chains: list[Chain], filters: list[Filter]) -> tuple[str, str, int]:
    """Return the kind of the stream that the graph reads, its map, and how often it is read."""
    named = [label for each in filters for label in each.inputs if _STREAM_LABEL.fullmatch(label)]
    unnamed = [chain[0] for chain in chains if not chain[0].inputs]
    kinds = {_kind_of(label, each) for each in filters for label in each.inputs if label in named}
    kinds |= {kind_of_filter(each.name) for each in unnamed}
    sources = set(named) | ({""} if unnamed else set())
    if not all(map(_is_of_input, named)):
        raise NotPlain
    if len(sources) != 1 or len(kinds) != 1 or len(unnamed) > 1:
        raise NotPlain
    kind, source = kinds.pop(), sources.pop()
    return kind, _map_of(source, kind), len(named) + len(unnamed)


def _kind_of(stream: str, reader: Filter) -> str:
    match = _OF_KIND.fullmatch(stream)
    return match[1] if match else kind_of_filter(reader.name)


def _is_of_input(stream: str) -> bool:
    return bool(_OF_KIND.fullmatch(stream) or _OF_FIRST_INPUT.fullmatch(stream))


def _map_of(stream: str, kind: str) -> str:
    """Return the map of a stream; `0:v`, `0` and no label are the first stream of the kind."""
    match = _OF_KIND.fullmatch(stream)
    if match:
        return f"0:{kind}:{match[2] or 0}"
    return stream if ":" in stream else f"0:{kind}:0"


def _output(chains: list[Chain], filters: list[Filter]) -> str | None:
    written = [label for each in filters for label in each.outputs]
    read = {label for each in filters for label in each.inputs}
    open_ends = [label for label in written if label not in read]
    unnamed = [chain for chain in chains if not chain[-1].outputs]
    if len(open_ends) + len(unnamed) != 1:
        raise NotPlain
    return open_ends[0] if open_ends else None


def _without_output(each: Filter, label: str | None) -> Filter:
    return replace(each, outputs=tuple(name for name in each.outputs if name != label))


def _without_input(chain: Chain) -> Chain:
    return tuple(
        replace(
            each, inputs=tuple(name for name in each.inputs if not _STREAM_LABEL.fullmatch(name))
        )
        for each in chain
    )


def _split_input(chains: list[Chain], kind: str, count: int) -> list[Chain]:
    """Read the input once and split it into `count` streams, as FFmpeg does implicitly."""
    labels = tuple(f"read{number}" for number in range(count))
    splitter = Filter(f"{'a' if kind == 'a' else ''}split={count}", outputs=labels)
    unused = iter(labels)

    def labelled(each: Filter) -> Filter:
        inputs = tuple(
            next(unused) if _STREAM_LABEL.fullmatch(name) else name for name in each.inputs
        )
        return replace(each, inputs=inputs)

    return [(splitter,), *(tuple(labelled(each) for each in chain) for chain in chains)]
