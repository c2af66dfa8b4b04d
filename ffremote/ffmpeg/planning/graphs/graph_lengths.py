"""Predicts how long the outputs of a filter graph are, from its inputs and what filters do."""

import math
from collections.abc import Callable, Mapping, Sequence

from ...policy.graphs.complex_graph import ComplexGraph, Node
from ...policy.graphs.graph_ends import (
    ends_with_another,
    is_source,
    lasts_to_the_limit,
    mix_end,
    source_seconds,
)
from ...policy.value_rules import seconds_of
from ..timing.stretch import stretch_of
from ..timing.trims import read_trim

Lengths = Sequence[float | None]
_STILLS = frozenset({"showwavespic", "showspectrumpic", "thumbnail", "palettegen"})
_STACKS = frozenset({"hstack", "vstack", "xstack"})


def graph_lengths(graph: ComplexGraph, inputs: Mapping[int, float | None]) -> list[float | None]:
    """Return the seconds of each output; None where it is not known, inf for one without end.

    `inputs` has the seconds of each link that the graph reads.
    """
    makers = graph.makers
    known = dict(inputs)

    def length(link: int) -> float | None:
        if link not in known:
            node = makers[link]
            known[link] = _made(node, [length(each) for each in node.inputs])
        return known[link]

    return [length(pad.link) for pad in graph.outputs]


def _made(node: Node, takes: Lengths) -> float | None:
    each = node.filter
    params = dict(each.params)
    if is_source(each):
        return math.inf if lasts_to_the_limit(each) else source_seconds(each)
    lengths = [length for length in takes if length is not None]
    if len(lengths) < len(takes) or each.name in _STILLS:
        return None
    if each.name in _SPECIAL:
        return _SPECIAL[each.name](params, lengths)
    if ends_with_another(each):
        return min(lengths)
    if each.name in _STACKS or mix_end(each) == "longest":
        return max(lengths)
    if len(lengths) > 1:
        return lengths[0]  # the others are shown on it, and their last frame stays
    factor = stretch_of([each])
    return None if factor is None else lengths[0] * factor


def _concat(params: Mapping[str, str], lengths: Sequence[float]) -> float:
    size = int(params.get("v", "1")) + int(params.get("a", "0"))
    return sum(max(lengths[at : at + size]) for at in range(0, len(lengths), size))


def _crossed(params: Mapping[str, str], lengths: Sequence[float]) -> float | None:
    text = params.get("duration") or params.get("d")
    if text is None:
        return None
    overlaps = params.get("overlap", params.get("o", "1")) == "1"
    return sum(lengths) - (seconds_of(text) if overlaps else 0)


def _faded(params: Mapping[str, str], lengths: Sequence[float]) -> float:
    return seconds_of(params.get("offset", "0")) + lengths[1]


_SPECIAL: dict[str, Callable[[Mapping[str, str], Sequence[float]], float | None]] = {
    "concat": _concat,
    "acrossfade": _crossed,
    "xfade": _faded,
    "trim": lambda params, lengths: read_trim(params).seconds_of(lengths[0]),
    "atrim": lambda params, lengths: read_trim(params).seconds_of(lengths[0]),
}
