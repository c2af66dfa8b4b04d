"""-map: the streams of the result."""

import re
from collections.abc import Sequence

from ..errors import CannotTranslate
from ..filters.graph import Graph

_TAG = r"m:(?:language|title)(?::[^:?]{1,64})?"
_MAP = re.compile(rf"-?0(?::(?:[vVasdt](?::(?:\d{{1,3}}|{_TAG}))?|\d{{1,3}}|{_TAG}))?\??")
_WITHOUT_INPUT = re.compile(r"(-?)([vVasdtm](?:[:?].*)?)")


def streams_of(maps: Sequence[str], graphs: Sequence[Graph]) -> list[str]:
    """Return the `streams` of the job.

    The label of a filter graph's output is replaced by the stream that the graph reads.
    """
    labelled = {f"[{graph.label}]": graph for graph in graphs if graph.label is not None}
    for label in labelled.keys() - set(maps):
        raise CannotTranslate(label, "no -map uses this output of the filters")
    unlabelled = [graph.source for graph in graphs if graph.label is None] if maps else []
    streams = [*unlabelled, *(_stream(text, labelled) for text in maps)]
    _refuse_unfiltered(streams, graphs, maps, labelled)
    return streams


def _stream(text: str, labelled: dict[str, Graph]) -> str:
    if text in labelled:
        return labelled[text].source
    stream = _with_input(text)
    if _MAP.fullmatch(stream):
        return stream
    if re.match(r"-?[1-9]", text):
        raise CannotTranslate(f"-map {text}", "it refers to a second input, and a job has one")
    raise CannotTranslate(
        f"-map {text}",
        "supported maps are like 0, 0:v:0, 0:a?, 0:3, -0:s or 0:a:m:language:eng",
    )


def _with_input(text: str) -> str:
    """Return the map with the input's number: `-map a` is short for `-map 0:a`."""
    match = _WITHOUT_INPUT.fullmatch(text)
    return f"{match[1]}0:{match[2]}" if match else text


def _refuse_unfiltered(
    streams: Sequence[str],
    graphs: Sequence[Graph],
    maps: Sequence[str],
    labelled: dict[str, Graph],
) -> None:
    """Raise CannotTranslate for a map of an unfiltered stream of a kind that has a filter graph.

    A graph of ffmpeg filters one stream; the filters of a job apply to every stream of their kind.
    """
    others = [_with_input(text) for text in maps if text not in labelled]
    for graph in graphs if others and streams else ():
        same_kind = re.compile(rf"0(?::[{graph.kind}{graph.kind.upper()}].*)?\??")
        unfiltered = next((text for text in others if same_kind.fullmatch(text)), None)
        if unfiltered is not None:
            raise CannotTranslate(
                f"-map {unfiltered}",
                "a job filters all streams of a kind alike, but this one is not filtered",
                hint="map the output of the filters and streams of other kinds only",
            )
