"""-filter_complex of one input, as a graph of its pictures, one of its sound, or both."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..errors import CannotTranslate
from .graph_text import WORD, Chain, Filter, read_chains
from .kinds import kind_of_filter

_STREAM = re.compile(r"\d+(?::.*)?")
_OF_KIND = re.compile(r"0:([va])(?::(\d{1,3}))?")
_OF_FIRST_INPUT = re.compile(r"0(?::\d{1,3})?")
_NEAREST = (
    "pictures and sound each have filters of their own: -vf and -af; parts of a film are picked"
    " with -vf select and -af aselect"
)


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph with one input and one output.

    `source` is the stream that it reads, as a job's map; `label` that of the output, or None.
    """

    kind: str
    text: str
    source: str
    label: str | None


def read_graphs(text: str) -> tuple[Graph, ...]:
    """One graph of pictures, one of sound, or both; raises CannotTranslate for what is more."""
    graphs = tuple(_graph(text, chains) for chains in _joined(read_chains(text)))
    kinds = [graph.kind for graph in graphs]
    for kind, what in (("v", "pictures"), ("a", "sound")):
        if kinds.count(kind) > 1:
            raise _refuse(text, f"it makes {what} twice, and a job makes one of each")
    return graphs


def _joined(chains: Sequence[Chain]) -> list[list[Chain]]:
    """The chains, by the graphs that labels make of them; each in the order of the text."""
    graphs: list[tuple[set[str], list[int]]] = []
    for place, chain in enumerate(chains):
        labels, together = _own_labels(chain), [place]
        touching = [graph for graph in graphs if graph[0] & labels]
        for graph in touching:
            labels |= graph[0]
            together += graph[1]
            graphs.remove(graph)
        graphs.append((labels, sorted(together)))
    graphs.sort(key=lambda graph: graph[1])
    return [[chains[place] for place in places] for _, places in graphs]


def _own_labels(chain: Chain) -> set[str]:
    named = {label for each in chain for label in (*each.inputs, *each.outputs)}
    return {label for label in named if not _STREAM.fullmatch(label)}


def _graph(text: str, chains: list[Chain]) -> Graph:
    """Take the labels of input and output off; `text` is what was typed."""
    filters = [each for chain in chains for each in chain]
    label = _output(text, chains, filters)
    kind, source, count = _input(text, chains, filters)
    kept = [tuple(_without_output(each, label) for each in chain) for chain in chains]
    kept = _split_first(kept, kind, count) if count > 1 else [_without_input(c) for c in kept]
    return Graph(kind, ";".join(",".join(map(str, chain)) for chain in kept), source, label)


def _input(text: str, chains: list[Chain], filters: list[Filter]) -> tuple[str, str, int]:
    """The kind and the stream that the graph reads, and how often it reads it."""
    named = [each for one in filters for each in one.inputs if _STREAM.fullmatch(each)]
    unnamed = [chain[0] for chain in chains if not chain[0].inputs]
    kinds = {_kind_of(each, one) for one in filters for each in one.inputs if each in named}
    kinds |= {kind_of_filter(each.name) for each in unnamed}
    sources = set(named) | ({""} if unnamed else set())
    other = next((each for each in named if not _is_of_input(each)), None)
    if other is not None:
        raise _refuse(text, f"it reads [{other}], and a job has one input")
    if len(sources) != 1 or len(kinds) != 1 or len(unnamed) > 1:
        raise _refuse(text, "it mixes streams, and filters of a job read one stream each")
    kind, source = kinds.pop(), sources.pop()
    return kind, _map_of(source, kind), len(named) + len(unnamed)


def _kind_of(stream: str, reader: Filter) -> str:
    match = _OF_KIND.fullmatch(stream)
    return match[1] if match else kind_of_filter(reader.name)


def _is_of_input(stream: str) -> bool:
    return bool(_OF_KIND.fullmatch(stream) or _OF_FIRST_INPUT.fullmatch(stream))


def _map_of(stream: str, kind: str) -> str:
    """`0:v`, `0` and no label at all are the first of their kind."""
    match = _OF_KIND.fullmatch(stream)
    if match:
        return f"0:{kind}:{match[2] or 0}"
    return stream if ":" in stream else f"0:{kind}:0"


def _output(text: str, chains: list[Chain], filters: list[Filter]) -> str | None:
    made = [label for each in filters for label in each.outputs]
    used = {label for each in filters for label in each.inputs}
    open_ends = [label for label in made if label not in used]
    unnamed = [chain for chain in chains if not chain[-1].outputs]
    if len(open_ends) + len(unnamed) != 1:
        ends = "".join(f"[{label}]" for label in open_ends) or "several streams"
        raise _refuse(text, f"it makes {ends}, and filters of a job make one stream each")
    return open_ends[0] if open_ends else None


def _without_output(each: Filter, label: str | None) -> Filter:
    return replace(each, outputs=tuple(one for one in each.outputs if one != label))


def _without_input(chain: Chain) -> Chain:
    return tuple(
        replace(each, inputs=tuple(one for one in each.inputs if not _STREAM.fullmatch(one)))
        for each in chain
    )


def _split_first(chains: list[Chain], kind: str, count: int) -> list[Chain]:
    """A stream that is read several times is read once and split, as FFmpeg does by itself."""
    names = iter(f"read{number}" for number in range(count))
    splitter = Filter(
        f"{'a' if kind == 'a' else ''}split={count}",
        outputs=tuple(f"read{number}" for number in range(count)),
    )

    def named(each: Filter) -> Filter:
        inputs = tuple(next(names) if _STREAM.fullmatch(one) else one for one in each.inputs)
        return replace(each, inputs=inputs)

    return [(splitter,), *(tuple(named(each) for each in chain) for chain in chains)]


def _refuse(text: str, why: str) -> CannotTranslate:
    return CannotTranslate(f"{WORD} {text}", why, hint=_NEAREST)
