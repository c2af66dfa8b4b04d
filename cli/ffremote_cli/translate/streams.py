"""-map, -c:s and -sn: which streams, and what becomes of subtitles."""

import re
from collections.abc import Sequence
from typing import Any

from .graph import Graph
from .refusal import CannotTranslate

_MAP = re.compile(r"-?0(?::(?:[vVasdt](?::\d{1,3})?|\d{1,3}))?\??")
_MAY_BE_SUBTITLES = re.compile(r"0(?::(?:s(?::\d+)?|\d+))?\??")
_HOLDS_SUBTITLES = frozenset({"mkv", "mp4", "mov", "m4v", "webm"})


def streams_of(maps: Sequence[str], graph: Graph | None) -> list[str]:
    """The `streams` of the job; a graph's label stands for the stream that it was made of."""
    if graph is not None and graph.label is not None and f"[{graph.label}]" not in maps:
        raise CannotTranslate(f"[{graph.label}]", "no -map takes this output of the filters")
    made_by_graph = [] if graph is None else [f"0:{graph.kind}:0"]
    found = [] if graph is None or graph.label is not None or not maps else made_by_graph
    for text in maps:
        if graph is not None and text == f"[{graph.label}]":
            found = [*found, *made_by_graph]
        elif _MAP.fullmatch(_in_full(text)):
            found = [*found, _in_full(text)]
        else:
            raise CannotTranslate(
                f"-map {text}",
                "a job's maps are like 0, 0:v:0, 0:a?, 0:3 or -0:s",
                hint="count the stream with ffprobe and say its number",
            )
    return found


def _in_full(text: str) -> str:
    """`-map a` is short for `-map 0:a`."""
    return f"0:{text}" if re.match(r"[vVas](:|\?|$)", text) else text


def subtitles_of(
    codec: str | None, *, maps: Sequence[str], dropped: bool, copy_all: bool, container: str
) -> dict[str, Any] | None:
    """The `subtitles` of the job, or None where ffmpeg would take none."""
    if dropped:
        return {"mode": "drop"}
    if codec == "copy" or (codec is None and copy_all and _wanted(maps, container)):
        return {"mode": "copy"}
    if codec is not None:
        return {"mode": "convert", "codec": codec}
    if any(_MAY_BE_SUBTITLES.fullmatch(text) for text in maps):
        return {"mode": "convert"} if container in _HOLDS_SUBTITLES else None
    return None


def _wanted(maps: Sequence[str], container: str) -> bool:
    if container not in _HOLDS_SUBTITLES:
        return False
    return not maps or any(_MAY_BE_SUBTITLES.fullmatch(text) for text in maps)
