"""Labelled filter graphs over several inputs: parsed, connected and checked.

The text is FFmpeg's `-filter_complex`. What it means is kept as filters and numbered links; the
command line gets a text that is written anew from these.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ffremote.spec.grammar import read_stream_map

from ..filtergraph import read_chains
from ..graph import Filter
from ..tables import table
from .filter_pads import pads_of
from .graph_ends import add_ends, check_size

MAX_FILTERS = 100
MAX_PADS = 200
KINDS = {"v": "video", "a": "audio"}


@dataclass(frozen=True, slots=True)
class Node:
    """A filter without labels; its inputs and outputs are numbers of links."""

    filter: Filter
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pad:
    """An end of the graph: a stream that it reads, or one that it makes."""

    link: int
    kind: str
    """`video` or `audio`."""
    label: str | None = None
    """For an input the stream map, None for FFmpeg's choice; for an output its name."""


@dataclass(frozen=True, slots=True)
class ComplexGraph:
    """A checked graph; its nodes are in the order of the text."""

    nodes: tuple[Node, ...]
    inputs: tuple[Pad, ...]
    outputs: tuple[Pad, ...]

    @property
    def filters(self) -> tuple[Filter, ...]:
        """All filters, in the order of the text."""
        return tuple(node.filter for node in self.nodes)

    @property
    def makers(self) -> dict[int, Node]:
        """The node that makes each link; links that the graph reads have none."""
        return {link: node for node in self.nodes for link in node.outputs}


def read_complex_graph(texts: Sequence[str]) -> ComplexGraph:
    """Parse and connect the texts as one graph.

    Raise ValueError with the refused filter, parameter or label, and the reason.
    """
    chains = [chain for text in texts for chain in read_chains(text)]
    if sum(map(len, chains)) > MAX_FILTERS:
        raise ValueError(f"a graph has at most {MAX_FILTERS} filters")
    connecting = _Connecting()
    for chain in add_ends(chains):
        connecting.add(chain)
    return connecting.graph()


@dataclass(slots=True)
class _Connecting:
    """Connects filters; links of labels that are used before they are made are joined at the end.

    `made` and `used` map a label to the links of its outputs and inputs.
    """

    nodes: list[Node] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    """The kind of each link."""
    made: dict[str, int] = field(default_factory=dict)
    used: list[tuple[str | None, int]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    """Outputs without a label that the chain does not go on with."""

    def add(self, chain: Iterable[Filter]) -> None:
        """Add the filters of a chain, each after the one before it."""
        carried: list[int] = []
        for each in chain:
            takes, makes = pads_of(each)
            if each.name in table("graph_filters"):
                check_size(each)
            inputs = self._inputs(each, takes, carried)
            outputs = [self._link(kind) for kind in makes]
            self.nodes.append(Node(Filter(each.name, each.params), tuple(inputs), tuple(outputs)))
            if len(self.kinds) > MAX_PADS:
                raise ValueError(f"a graph has at most {MAX_PADS} connections")
            carried = self._labelled(each, outputs)
        self.ends += carried

    def graph(self) -> ComplexGraph:
        """Return the graph; raise ValueError for labels without an end, and for cycles."""
        joined = self._joined()
        nodes = [
            Node(node.filter, tuple(joined.get(link, link) for link in node.inputs), node.outputs)
            for node in self.nodes
        ]
        read = [
            Pad(link, KINDS[self.kinds[link]], x) for x, link in self.used if link not in joined
        ]
        taken = set(joined.values())
        named = {link: label for label, link in self.made.items()}
        ends = [link for link in (*self.ends, *named) if link not in taken]
        outputs = [Pad(link, KINDS[self.kinds[link]], named.get(link)) for link in sorted(ends)]
        _refuse_cycle(nodes)
        if not outputs:
            raise ValueError("the graph has no output")
        return ComplexGraph(tuple(nodes), tuple(read), tuple(outputs))

    def _link(self, kind: str) -> int:
        self.kinds.append(kind)
        return len(self.kinds) - 1

    def _inputs(self, each: Filter, takes: str, carried: Sequence[int]) -> list[int]:
        given = len(each.inputs) + len(carried)
        if given > len(takes):
            raise ValueError(f"the filter {each.name!r} has {len(takes)} inputs, not {given}")
        found = []
        for place, kind in enumerate(takes):
            at = place - len(each.inputs)
            if 0 <= at < len(carried):
                self._check_kind(each, carried[at], kind)
                found.append(carried[at])
                continue
            label = each.inputs[place] if at < 0 else None
            found.append(self._link(kind))
            self.used.append((label, found[-1]))
        return found

    def _labelled(self, each: Filter, outputs: Sequence[int]) -> list[int]:
        """Give outputs their labels; return the others."""
        if len(each.outputs) > len(outputs):
            count = f"{len(outputs)} outputs, not {len(each.outputs)}"
            raise ValueError(f"the filter {each.name!r} has {count}")
        for label, link in zip(each.outputs, outputs, strict=False):
            if label in self.made:
                raise ValueError(f"the label [{label}] is made twice")
            if not label.replace("_", "").isalnum():
                raise ValueError(f"[{label}] is no name for an output: use letters and digits")
            self.made[label] = link
        return list(outputs[len(each.outputs) :])

    def _joined(self) -> dict[int, int]:
        """Return, for the link of each use of a label, the link of the output that makes it."""
        joined: dict[int, int] = {}
        for label, link in self.used:
            if label in self.made:
                made = self.made[label]
                if made in joined.values():
                    raise ValueError(f"the label [{label}] is used twice; `split` doubles a stream")
                if self.kinds[made] != self.kinds[link]:
                    has, wants = KINDS[self.kinds[made]], KINDS[self.kinds[link]]
                    raise ValueError(f"the label [{label}] is {has}, but its filter takes {wants}")
                joined[link] = made
            elif label is not None:
                _check_map(label)
        return joined

    def _check_kind(self, each: Filter, link: int, kind: str) -> None:
        if self.kinds[link] != kind:
            has, wants = KINDS[self.kinds[link]], KINDS[kind]
            raise ValueError(f"the filter {each.name!r} takes {wants}, but {has} is before it")


def _check_map(label: str) -> None:
    parts = read_stream_map(label)
    if parts is None:
        raise ValueError(f"no filter makes [{label}], and it is no stream of an input such as 0:v")
    if parts.excludes or parts.is_optional or parts.kind in ("s", "d", "t"):
        raise ValueError(f"[{label}] cannot be an input of a filter; video is 0:v, audio is 0:a")


def _refuse_cycle(nodes: Sequence[Node]) -> None:
    """Raise ValueError for filters that need their own output."""
    waiting: Mapping[int, Node] = dict(enumerate(nodes))
    pending = {link for node in nodes for link in node.outputs}
    while waiting:
        ready = {n for n, node in waiting.items() if pending.isdisjoint(node.inputs)}
        if not ready:
            name = next(iter(waiting.values())).filter.name
            raise ValueError(f"the filter {name!r} needs its own output: the labels are a circle")
        pending -= {link for number in ready for link in waiting[number].outputs}
        waiting = {n: node for n, node in waiting.items() if n not in ready}
