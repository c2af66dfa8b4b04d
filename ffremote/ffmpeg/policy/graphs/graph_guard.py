"""Protects filters of a graph from frames on which they corrupt memory; see `filter_bugs`."""

from collections.abc import Sequence

from ..filter_bugs import MIN_SIDE, SIZE_CHECK, in_safe_formats, is_harmless, may_shrink
from ..graph import Filter
from ..pitch_bug import lowest_rate, with_safe_pitch
from .complex_graph import ComplexGraph, Node
from .filter_pads import pads_of

# these copy whole lines of their inputs, whatever their size
_COPIERS = frozenset({"concat", "hstack", "overlay", "vstack", "xstack"})


def guarded_graph(
    graph: ComplexGraph,
    known_sides: Sequence[int | None],
    version: str,
    *,
    known_rates: Sequence[int | None] = (),
) -> Sequence[Node]:
    """Return the nodes with a size check before each filter that needs MIN_SIDE pixels.

    `known_sides` are the shorter sides of the pictures that the graph reads, `known_rates` the
    rates of the sound; None is unknown. No check is added if all are large and no filter may shrink
    them.
    """
    rate = lowest_rate(list(graph.filters), known_rates)
    checks = any(side is None or side < MIN_SIDE for side in known_sides)
    return _Guarding(graph, version, rate).nodes(checks or any(map(may_shrink, graph.filters)))


def _takes_audio(each: Filter) -> bool:
    return "a" in pads_of(each)[0]


class _Guarding:
    """Inserts filters on links; a class only to hold the kinds and the next number of a link."""

    def __init__(self, graph: ComplexGraph, version: str, rate: int | None) -> None:
        self.graph, self.version, self.rate = graph, version, rate
        ends = [pad.link for pad in (*graph.inputs, *graph.outputs)]
        links = [link for node in graph.nodes for link in (*node.inputs, *node.outputs)]
        self.next = max([*ends, *links]) + 1

    def nodes(self, checks: bool) -> list[Node]:
        """Return all nodes, with those that are inserted."""
        found: list[Node] = []
        for node in self.graph.nodes:
            *before, last = in_safe_formats(node.filter, self.version, None)
            if checks and not is_harmless(node.filter) and node.filter.name not in _COPIERS:
                before.insert(0, Filter("crop", SIZE_CHECK))
            inputs, last = node.inputs, Filter(last.name, last.params)
            last = with_safe_pitch(last, self.rate)
            if before and not _takes_audio(node.filter):
                inputs = tuple(self._insert(found, link, before) for link in node.inputs)
            found.append(Node(last, inputs, node.outputs))
        return found

    def _insert(self, found: list[Node], link: int, filters: Sequence[Filter]) -> int:
        """Add filters behind `link`; return the link after them."""
        for each in filters:
            found.append(Node(each, (link,), (self.next,)))
            link, self.next = self.next, self.next + 1
        return link
