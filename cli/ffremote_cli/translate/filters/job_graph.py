"""-filter_complex and -f lavfi as the `graph` of a job, with the `streams` that read its labels."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import CannotTranslate, no_such_input
from .generated import Generated
from .graph_text import OPTION, Chain, Filter, parse_chains

_STREAM = re.compile(r"(\d+)((?::.*)?)")
_MAP = re.compile(r"(-?)(\d+)((?:[:?].*)?)")


@dataclass(frozen=True, slots=True)
class JobGraph:
    """The graph as text, empty without any, and the maps of the job."""

    text: str
    streams: tuple[str, ...]


class GraphWriter:
    """Writes the graph for the inputs of a job, in which generated inputs are chains.

    `numbers` are the numbers of the files in the job by their numbers on the line; `generated`
    holds the other inputs by their numbers.
    """

    def __init__(self, numbers: Mapping[int, int], generated: Mapping[int, Generated]) -> None:
        self._numbers = numbers
        self._generated = generated
        self._labels: dict[int, list[str]] = {number: [] for number in generated}
        """The labels that read each generated input."""

    def write(self, texts: Sequence[str], maps: Sequence[str]) -> JobGraph:
        """Return the graph; raise CannotTranslate for an input that the line does not have."""
        chains = [chain for text in texts for chain in parse_chains(text)]
        streams = [self._map(text) for text in maps]
        if self._generated:
            _refuse_unlabelled_inputs(chains)
        chains = [tuple(map(self._renumbered, chain)) for chain in chains]
        if maps:
            chains, first = _with_labels(chains)
            streams = [*first, *streams]
        sources = [self._source(number, has_maps=bool(maps)) for number in self._generated]
        text = ";".join([*filter(None, sources), *(",".join(map(str, each)) for each in chains)])
        return JobGraph(text, tuple(streams))

    def _renumbered(self, each: Filter) -> Filter:
        return replace(each, inputs=tuple(map(self._label, each.inputs)))

    def _label(self, label: str) -> str:
        match = _STREAM.fullmatch(label)
        return (
            label if match is None else self._reader(int(match[1]), match[2], f"{OPTION} [{label}]")
        )

    def _map(self, text: str) -> str:
        match = _MAP.fullmatch(text)
        if match is None:
            return text
        minus, number, rest = match.groups()
        if int(number) in self._generated and not minus:
            return f"[{self._reader(int(number), rest, text)}]"
        return f"{minus}{self._reader(int(number), rest, text)}"

    def _reader(self, number: int, rest: str, text: str) -> str:
        """Return what reads the input: its number in the job, or a label of a generated one."""
        if number in self._numbers:
            return f"{self._numbers[number]}{rest}"
        if number not in self._generated:
            count = len(self._numbers) + len(self._generated)
            raise no_such_input(text, number, count)
        labels = self._labels[number]
        labels.append(f"source{number}" + (f"_{len(labels)}" if labels else ""))
        return labels[-1]

    def _source(self, number: int, *, has_maps: bool) -> str:
        """Return the chain of a generated input; without a reader, FFmpeg takes it by default."""
        generated, labels = self._generated[number], self._labels[number]
        if not labels:
            return "" if has_maps else generated.text
        ends = "".join(f"[{label}]" for label in labels)
        if len(labels) == 1:
            return f"{generated.text}{ends}"
        splitter = "asplit" if generated.kind == "a" else "split"
        return f"{generated.text},{splitter}={len(labels)}{ends}"


def check_labels(texts: Sequence[str], maps: Sequence[str]) -> None:
    """Raise CannotTranslate for a label that is made twice, or that nothing reads or makes."""
    filters = [each for text in texts for chain in parse_chains(text) for each in chain]
    made = Counter(label for each in filters for label in each.outputs)
    inner = [label for each in filters for label in each.inputs]
    read = Counter(label for label in inner if not _STREAM.fullmatch(label))
    read.update(text[1:-1] for text in maps if text.startswith("["))
    for label, count in made.items():
        if count > 1:
            raise CannotTranslate(f"{OPTION} [{label}]", "this label is made twice")
        if label not in read:
            raise CannotTranslate(
                f"[{label}]", "no -map and no filter uses this output of the filters"
            )
    for label, count in read.items():
        if label not in made:
            raise CannotTranslate(f"[{label}]", f"no filter of {OPTION} makes this label")
        if count > 1:
            raise CannotTranslate(
                f"[{label}]", "this label is used twice", hint="copy it with split or asplit"
            )


def _refuse_unlabelled_inputs(chains: Sequence[Chain]) -> None:
    for chain in chains:
        if not chain[0].inputs and not _makes_its_own(chain[0]):
            raise CannotTranslate(
                f"{OPTION} {chain[0].text}",
                "beside -f lavfi the inputs of a filter need labels, such as [0:v]",
            )


def _makes_its_own(first: Filter) -> bool:
    return first.name in _SOURCES


_SOURCES = frozenset(
    {
        "color",
        "testsrc",
        "testsrc2",
        "smptebars",
        "smptehdbars",
        "nullsrc",
        "rgbtestsrc",
        "gradients",
    }
    | {"yuvtestsrc", "pal75bars", "pal100bars", "mandelbrot", "life", "cellauto", "haldclutsrc"}
    | {"anullsrc", "sine", "aevalsrc", "anoisesrc"}
)


def _with_labels(chains: Sequence[Chain]) -> tuple[list[Chain], list[str]]:
    """Return the chains with a label at each open end, and maps of the new labels.

    Beside maps, FFmpeg puts the open ends of a graph before the mapped streams.
    """
    used = {label for chain in chains for each in chain for label in (*each.inputs, *each.outputs)}
    unused = (name for number in range(999) if (name := f"out{number}") not in used)
    labelled: list[Chain] = []
    maps = []
    for chain in chains:
        if not chain[-1].outputs and not chain[-1].name.endswith("nullsink"):
            label = next(unused)
            maps.append(f"[{label}]")
            chain = (*chain[:-1], replace(chain[-1], outputs=(label,)))
        labelled.append(chain)
    return labelled, maps
