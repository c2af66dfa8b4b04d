"""Checked filter graphs, and their text on the command line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .tables import table

_SPACES = " \n\t"


@dataclass(frozen=True, slots=True)
class Filter:
    """A checked filter: its name, named parameters, input and output labels."""

    name: str
    params: tuple[tuple[str, str], ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    def __str__(self) -> str:
        raw = table("filters").get(self.name, {}).get("raw", False)
        body = ":".join(value if raw else f"{key}={_escaped(value)}" for key, value in self.params)
        text = f"{self.name}={_quoted(body)}" if body else self.name
        before = "".join(f"[{label}]" for label in self.inputs)
        after = "".join(f"[{label}]" for label in self.outputs)
        return f"{before}{text}{after}"


@dataclass(frozen=True, slots=True)
class Graph:
    """Chains of checked filters."""

    chains: tuple[tuple[Filter, ...], ...]

    def __str__(self) -> str:
        return ";".join(",".join(str(each) for each in chain) for chain in self.chains)

    @property
    def filters(self) -> tuple[Filter, ...]:
        """All filters, in the order of the text."""
        return tuple(each for chain in self.chains for each in chain)


def connect_ends(graph: Graph, kind: str) -> Graph:
    """Return the graph without the labels `[in]` and `[out]`, FFmpeg's names of its two ends."""
    same = {"v": "null", "a": "anull"}.get(kind)
    chains = list(graph.chains)
    if same is None:
        return graph
    if _is_end("in", graph.filters, of="inputs"):
        if chains[0][0].inputs == ("in",):
            chains[0] = (replace(chains[0][0], inputs=()), *chains[0][1:])
        else:
            chains.insert(0, (Filter(same, outputs=("in",)),))
    if _is_end("out", graph.filters, of="outputs"):
        if chains[-1][-1].outputs == ("out",):
            chains[-1] = (*chains[-1][:-1], replace(chains[-1][-1], outputs=()))
        else:
            chains.append((Filter(same, inputs=("out",)),))
    return Graph(tuple(chains))


def _is_end(label: str, filters: Sequence[Filter], *, of: str) -> bool:
    """Whether the label is used once, as an input or an output of the whole graph."""
    labels = [each for made in filters for each in (*made.inputs, *made.outputs)]
    return labels.count(label) == 1 and any(label in getattr(each, of) for each in filters)


def _escaped(value: str) -> str:
    """Escape a value for a filter's arguments; FFmpeg would drop spaces at its ends."""
    inner = value.strip(_SPACES)
    before, _, after = value.partition(inner) if inner else (value, "", "")
    spaces = ["".join(f"\\{space}" for space in each) for each in (before, after)]
    return re.sub(r"([\\':])", r"\\\1", inner).join(spaces)


def _quoted(body: str) -> str:
    """Quote a filter's arguments for a graph."""
    if not re.search(r"[\[\],;\\' \n\t]", body):
        return body
    return "'" + body.replace("'", r"'\''") + "'"
