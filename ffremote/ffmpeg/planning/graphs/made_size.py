"""The size of a picture that a filter graph makes, as far as it is known before FFmpeg runs."""

from collections.abc import Mapping

from ...formats.frame_size import UNKNOWN, Size, shown_size, size_after
from ...model.media_info import Stream
from ...policy.graph import Filter, Graph
from ...policy.graphs.complex_graph import ComplexGraph

_SIZE_OF_FIRST = frozenset({"blend", "concat", "overlay", "paletteuse", "xfade"})
"""Filters of several inputs whose output has the size of the first."""


def made_size(graph: ComplexGraph, streams: Mapping[int, Stream], link: int) -> Size:
    """Return the size on a link; `streams` are those that the graph reads, by link."""
    makers = graph.makers
    chain: list[Filter] = []
    while link in makers:
        node = makers[link]
        name = node.filter.name
        if not node.inputs or (len(node.inputs) > 1 and name not in _SIZE_OF_FIRST):
            return UNKNOWN
        if name not in _SIZE_OF_FIRST:
            chain.insert(0, node.filter)
        link = node.inputs[0]
    return size_after([Graph((tuple(chain),))], shown_size(streams[link]))
