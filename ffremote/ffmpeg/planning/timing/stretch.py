"""What filters do to the duration of a stream."""

import math
from collections.abc import Iterable, Sequence

from ...policy.filtergraph import Filter, Graph
from ...policy.timestamps import read_timing

# with these the duration of the output cannot be predicted from the input's
_CHANGERS = """
    acrossfade aloop apad aselect asetrate atrim decimate dejudder detelecine fieldmatch
    framestep loop mpdecimate pullup repeatfields select silenceremove telecine thumbnail tile
    tinterlace tpad trim zoompan
"""
_LENGTH_CHANGERS = frozenset(_CHANGERS.split())


def keeps_length(graphs: Sequence[Graph]) -> bool:
    """Whether the filters leave the duration as it is."""
    return factor_of(graphs) == 1.0


def factor_of(graphs: Sequence[Graph]) -> float | None:
    """Return the factor between the input's duration and the output's; None if unknown."""
    return stretch_of([each for graph in graphs for each in graph.filters])


def stretch_of(filters: Iterable[Filter]) -> float | None:
    """Return the factor by which filters, one after the other, change a duration."""
    filters = list(filters)
    if any(each.name in _LENGTH_CHANGERS for each in filters):
        return None
    factors = [_stretch(each) for each in filters]
    known = [factor for factor in factors if factor is not None]
    return math.prod(known) if len(known) == len(factors) else None


def _stretch(each: Filter) -> float | None:
    params = dict(each.params)
    if each.name in ("atempo", "rubberband"):
        return 1 / float(params.get("tempo", "1"))
    if each.name not in ("setpts", "asetpts"):
        return 1.0
    timing = read_timing(params["expr"])
    return None if timing.shift else timing.factor
