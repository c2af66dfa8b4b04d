"""The part of a graph that makes some of its outputs, for a pass that needs no others."""

from collections.abc import Sequence

from ...policy.graph import Filter
from ...policy.graphs.complex_graph import Node
from ...policy.graphs.filter_pads import pads_of

_SINKS = {"v": "nullsink", "a": "anullsink"}


def part_of(nodes: Sequence[Node], wanted: Sequence[int]) -> list[Node]:
    """Return the filters that the links `wanted` need; what else they make is thrown away."""
    makers = {link: node for node in nodes for link in node.outputs}
    needed: set[int] = set()
    pending = list(wanted)
    while pending:
        node = makers.get(pending.pop())
        if node is not None and node.outputs[0] not in needed:
            needed.update(node.outputs)
            pending += node.inputs
    kept = [node for node in nodes if node.outputs and node.outputs[0] in needed]
    used = {link for node in kept for link in node.inputs} | set(wanted)
    sinks = [
        Node(Filter(_SINKS[kind]), (link,), ())
        for node in kept
        for link, kind in zip(node.outputs, pads_of(node.filter)[1], strict=True)
        if link not in used
    ]
    return [*kept, *sinks]
