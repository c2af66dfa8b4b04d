"""-map: which streams the result has."""

import re
from collections.abc import Sequence

from ..errors import CannotTranslate
from ..filters.graph import Graph

_TAG = r"m:(?:language|title)(?::[^:?]{1,64})?"
_MAP = re.compile(rf"-?0(?::(?:[vVasdt](?::(?:\d{{1,3}}|{_TAG}))?|\d{{1,3}}|{_TAG}))?\??")
_SHORT = re.compile(r"(-?)([vVasdtm](?:[:?].*)?)")


def streams_of(maps: Sequence[str], graphs: Sequence[Graph]) -> list[str]:
    """The `streams` of the job; a graph's label stands for the stream that it was made of."""
    labelled = {f"[{graph.label}]": graph for graph in graphs if graph.label is not None}
    for label in labelled.keys() - set(maps):
        raise CannotTranslate(label, "no -map takes this output of the filters")
    first = [graph.source for graph in graphs if graph.label is None] if maps else []
    found = [*first, *(_stream(text, labelled) for text in maps)]
    _refuse_unfiltered(found, graphs, maps, labelled)
    return found


def _stream(text: str, labelled: dict[str, Graph]) -> str:
    if text in labelled:
        return labelled[text].source
    full = _in_full(text)
    if _MAP.fullmatch(full):
        return full
    if re.match(r"-?[1-9]", text):
        raise CannotTranslate(f"-map {text}", "it names a second input, and a job has one")
    raise CannotTranslate(
        f"-map {text}",
        "a job's maps are like 0, 0:v:0, 0:a?, 0:3, -0:s or 0:a:m:language:eng",
    )


def _in_full(text: str) -> str:
    """`-map a` is short for `-map 0:a`."""
    match = _SHORT.fullmatch(text)
    return f"{match[1]}0:{match[2]}" if match else text


def _refuse_unfiltered(
    found: Sequence[str],
    graphs: Sequence[Graph],
    maps: Sequence[str],
    labelled: dict[str, Graph],
) -> None:
    """Filters of a job are for every stream of their kind, those of ffmpeg for one."""
    others = [full for text in maps if text not in labelled for full in (_in_full(text),)]
    for graph in graphs if others and found else ():
        taken = re.compile(rf"0(?::[{graph.kind}{graph.kind.upper()}].*)?\??")
        beside = next((text for text in others if taken.fullmatch(text)), None)
        if beside is not None:
            raise CannotTranslate(
                f"-map {beside}",
                "filters of a job change every stream of their kind, and this one is not filtered",
                hint="map only the output of the filters, and streams of other kinds",
            )
