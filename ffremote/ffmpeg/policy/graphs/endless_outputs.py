"""Which outputs of a filter graph have no end of their own."""

from collections.abc import Collection
from functools import cache

from .complex_graph import ComplexGraph, Node
from .graph_ends import ends_with_another, is_source, is_trimmed, lasts_to_the_limit, mix_end


def endless_outputs(
    graph: ComplexGraph, read: Collection[int] = (), *, sources: bool = False
) -> set[int]:
    """Return the numbers of the outputs without end.

    `read` has the links that the graph reads and that have none; with `sources`, sources without a
    duration have none either, in spite of the bound that they get for FFmpeg.
    """
    makers = graph.makers

    @cache  # a link that is split and joined again and again is reached by 2^n paths
    def is_endless(link: int) -> bool:
        node = makers.get(link)
        if node is None:
            return link in read
        if is_source(node.filter):
            return sources and lasts_to_the_limit(node.filter)
        return _makes_endless(node, [is_endless(each) for each in node.inputs])

    return {number for number, pad in enumerate(graph.outputs) if is_endless(pad.link)}


def _makes_endless(node: Node, takes: list[bool]) -> bool:
    each = node.filter
    if is_trimmed(each):
        return False
    if ends_with_another(each):
        return all(takes)
    if mix_end(each) == "first":
        return takes[0]
    return takes[-1] if each.name == "xfade" else any(takes)
