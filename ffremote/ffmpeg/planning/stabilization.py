"""Plans `vidstabtransform`: its measurement is a pass of its own, with a file of the attempt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ffremote.errors import InvalidArgument

from ..policy.filtergraph import Filter, Graph, read_graph

_MEASURES, _CORRECTS = "vidstabdetect", "vidstabtransform"
SAFE = "format=yuv420p|yuv422p|yuv444p,crop=w=trunc(iw/2)*2:h=trunc(ih/2)*2"
"""Before both: libvidstab 1.1 ends FFmpeg by an assertion on odd sides and on other formats."""


@dataclass(frozen=True, slots=True)
class Stabilization:
    """The filters of the result, and those of the pass that measures the motion; None for none."""

    graphs: tuple[Graph, ...]
    measuring: tuple[Graph, ...] | None = None


def stabilize(graphs: Sequence[Graph], attempt: str, texts: Sequence[str]) -> Stabilization:
    """Return the filters with the file of the measurement, which is written under `attempt`.

    A `vidstabdetect` before `vidstabtransform` holds the parameters of the measurement. Raise
    InvalidArgument for one without the other, for several, and beside filters with labels; its
    field is that of the filter in `texts`, the job's own.
    """
    try:
        return _stabilized(graphs, f"{attempt}/motion")
    except ValueError as exc:
        place = next((n for n, text in enumerate(texts) if "vidstab" in text), 0)
        raise InvalidArgument(f"video.filters[{place}]", f"{_CORRECTS}: {exc}.") from exc


def _stabilized(graphs: Sequence[Graph], path: str) -> Stabilization:
    names = [each.name for graph in graphs for each in graph.filters]
    if _MEASURES not in names and _CORRECTS not in names:
        return Stabilization(tuple(graphs))
    if any(len(graph.chains) > 1 for graph in graphs):
        raise ValueError("filters with labels cannot stand beside it")
    filters = [each for graph in graphs for each in graph.filters]
    if names.count(_CORRECTS) != 1 or names.count(_MEASURES) > 1:
        raise ValueError(f"write {_CORRECTS} once; {_MEASURES} before it is optional")
    place = names.index(_CORRECTS)
    before, after = filters[:place], filters[place + 1 :]
    measured = Filter(_MEASURES)
    if _MEASURES in names:
        if before[-1:] != [each for each in filters if each.name == _MEASURES]:
            raise ValueError(f"{_MEASURES} belongs directly before it")
        measured = before.pop()
    before += read_graph(SAFE).filters
    measured = replace(measured, params=(*measured.params, ("result", path)))
    corrected = replace(filters[place], params=(*filters[place].params, ("input", path)))
    return Stabilization(
        (Graph(((*before, corrected, *after),)),), (Graph(((*before, measured),)),)
    )
