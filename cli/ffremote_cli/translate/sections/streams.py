"""-map: the streams of the result."""

import re
from collections.abc import Sequence

from ..errors import CannotTranslate, no_such_input
from ..filters.graph import Graph

_TAG = r"m:(?:language|title)(?::[^:?]{1,64})?"
_MAP = re.compile(rf"-?\d{{1,2}}(?::(?:[vVasdt](?::(?:\d{{1,3}}|{_TAG}))?|\d{{1,3}}|{_TAG}))?\??")
_WITHOUT_INPUT = re.compile(r"(-?)([vVasdtm](?:[:?].*)?)")


def checked_maps(maps: Sequence[str], inputs: int) -> list[str]:
    """Return the maps, each with the number of its input: `-map a` is short for `-map 0:a`.

    Raise CannotTranslate for one outside the grammar of a job, and for one that names an input
    which the line does not have. Labels such as `[v]` stay.
    """
    return [text if text.startswith("[") else _checked(text, inputs) for text in maps]


def _checked(text: str, inputs: int) -> str:
    match = _WITHOUT_INPUT.fullmatch(text)
    stream = f"{match[1]}0:{match[2]}" if match else text
    if not _MAP.fullmatch(stream):
        raise CannotTranslate(
            f"-map {text}",
            "supported maps are like 0, 0:v:0, 1:a?, 0:3, -0:s, 0:a:m:language:eng or [label]",
        )
    number = int(re.split("[:?]", stream.removeprefix("-"))[0])
    if number >= inputs:
        raise no_such_input(f"-map {text}", number, inputs)
    return stream


def plain_streams(maps: Sequence[str], graphs: Sequence[Graph]) -> list[str] | None:
    """Return the `streams` of a job whose filter graphs become filters of its sections.

    The label of a graph's output is replaced by the stream that the graph reads. None if a map
    also names an unfiltered stream of a kind that has a graph: the filters of a job's section apply
    to every stream of their kind.
    """
    labelled = {f"[{graph.label}]": graph for graph in graphs if graph.label is not None}
    others = [text for text in maps if text not in labelled]
    if any(_is_of_kind(text, graph.kind) for graph in graphs for text in others):
        return None
    unlabelled = [graph.source for graph in graphs if graph.label is None] if maps else []
    return [*unlabelled, *(labelled[t].source if t in labelled else t for t in maps)]


def _is_of_kind(text: str, kind: str) -> bool:
    return bool(re.fullmatch(rf"0(?::[{kind}{kind.upper()}].*)?\??", text))
