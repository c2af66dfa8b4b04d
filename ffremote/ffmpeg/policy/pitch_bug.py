"""Keeps `rubberband` from dividing by zero on sound of a low rate; pure.

Found by `tests/security/filter_fuzz.py` with FFmpeg 5.1 and 9.0: where the pitch rises and the
sound is resampled for speed (`pitchq=speed`, the default), the library divides by zero and FFmpeg
dies, at 6 kHz and below, or at 12 kHz and below with `window=short`. `pitchq=quality` does not.
"""

import re
from collections.abc import Iterator, Sequence

from .filtergraph import Filter, Graph
from .tables import table

_LOWEST = 8000
_LOWEST_SHORT = 16000
_RATES = frozenset(("r", "sr", "osr", "sample_rate", "sample_rates", "out_sample_rate"))
_SAFE = frozenset(("quality", "consistency"))


def lowest_rate(filters: Sequence[Filter], known: Sequence[int | None]) -> int | None:
    """Return the lowest rate that sound may have between filters; None is unknown.

    `known` are the rates of the streams that they read.
    """
    rates = [*known, *(rate for each in filters for rate in _set_rates(each))]
    numbers = [rate for rate in rates if rate is not None]
    return min(numbers) if numbers and len(numbers) == len(rates) else None


def _set_rates(each: Filter) -> Iterator[int | None]:
    """Yield the rates that a filter of sound sets; None for one that is not a plain number."""
    if table("filters").get(each.name, {}).get("kind") != "a":
        return
    for key, value in each.params:
        if key in _RATES:
            for text in value.split("|"):
                yield int(text) if re.fullmatch("[0-9]{1,7}", text) else None


def with_safe_pitch(each: Filter, rate: int | None) -> Filter:
    """Return the filter as it works on sound of a rate that may be so low; None is unknown."""
    if each.name != "rubberband" or not _rises(each):
        return each
    given = dict(each.params)
    needed = _LOWEST_SHORT if given.get("window") == "short" else _LOWEST
    if given.get("pitchq") in _SAFE or (rate is not None and rate >= needed):
        return each
    rest = tuple((key, value) for key, value in each.params if key != "pitchq")
    return Filter(each.name, (*rest, ("pitchq", "quality")), each.inputs, each.outputs)


def guarded_sound(graphs: Sequence[Graph], known: Sequence[int | None]) -> list[Graph]:
    """Return the filters of streams that have the rates `known`."""
    rate = lowest_rate([each for graph in graphs for each in graph.filters], known)
    return [
        Graph(tuple(tuple(with_safe_pitch(each, rate) for each in chain) for chain in graph.chains))
        for graph in graphs
    ]


def _rises(each: Filter) -> bool:
    """Whether the pitch may rise."""
    return any(
        not re.fullmatch(r"0*(0(\.[0-9]*)?|\.[0-9]+|1(\.0*)?)", value)
        for key, value in each.params
        if key == "pitch"
    )
