"""Bounds the filters of a graph that make pictures: their size, and how long they last."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..filter_bugs import MIN_SIDE
from ..graph import Filter
from ..tables import table
from ..value_rules import seconds_of
from .source_frames import rate_of, size_of

MAX_SECONDS = "86400"
MAX_MADE = 32 << 20
"""Pixels."""
MAX_MADE_PER_SECOND = 2 << 30
"""Pixels of a source: 3840x2160 at 240 frames per second."""
_DURATIONS = ("duration", "d")
_ENDS_WITH_ANY = frozenset(
    {"amerge", "amultiply", "join", "scale2ref", "sidechaincompress", "sidechaingate"}
)
_ENDS_WITH_ANOTHER = frozenset({("shortest", "1"), ("eof_action", "endall"), ("eof_action", "1")})
_MIX_ENDS = {"0": "longest", "1": "shortest", "2": "first"}
_TRIMS = frozenset({"end", "end_frame", "end_sample", "duration"})


def is_source(each: Filter) -> bool:
    """Whether a filter has no input."""
    return bool(table("graph_filters").get(each.name, {}).get("in") == "")


def is_endless(each: Filter) -> bool:
    """Whether a filter is a source without a duration of its own."""
    return is_source(each) and not any(key in _DURATIONS for key, _ in each.params)


def source_seconds(each: Filter) -> float:
    """Return how long a source lasts."""
    given = next((value for key, value in each.params if key in _DURATIONS), MAX_SECONDS)
    return seconds_of(given)


def lasts_to_the_limit(each: Filter) -> bool:
    """Whether a source has the duration that `add_ends` gave it, or the same of its own."""
    return any(key in _DURATIONS and value == MAX_SECONDS for key, value in each.params)


def has_end(filters: Iterable[Filter]) -> bool:
    """Whether one of the filters ends its output with the shortest of its inputs, or at a time."""
    return any(
        ends_with_another(each) or is_trimmed(each) or mix_end(each) == "first" for each in filters
    )


def ends_with_another(each: Filter) -> bool:
    """Whether a filter ends its output with the shortest of its inputs."""
    return (
        not _ENDS_WITH_ANOTHER.isdisjoint(each.params)
        or mix_end(each) == "shortest"
        or each.name in _ENDS_WITH_ANY
    )


def mix_end(each: Filter) -> str | None:
    """Return which input ends an `amix`: `longest`, `shortest` or `first`; None for others."""
    if each.name != "amix":
        return None
    text = dict(each.params).get("duration", "longest")
    return _MIX_ENDS.get(text, text)


def is_trimmed(each: Filter) -> bool:
    """Whether a filter ends its output at a time."""
    return each.name in ("trim", "atrim") and any(key in _TRIMS for key, _ in each.params)


def check_size(each: Filter) -> None:
    """Raise ValueError for pictures that are too small for other filters, too large or too many."""
    for key, value in each.params:
        sides = [int(side) for side in value.split("x") if side.isdecimal()]  # of a name: none
        if (
            key in ("s", "size")
            and sides
            and (min(sides) < MIN_SIDE or math.prod(sides) > MAX_MADE)
        ):
            millions = MAX_MADE >> 20
            raise ValueError(
                f"{each.name}: {key} cannot be {value!r}: expected {MIN_SIDE}x{MIN_SIDE} to"
                f" {millions} million pixels"
            )
    if is_source(each) and table("graph_filters")[each.name]["out"] == "v":
        _check_rate(each)


def _check_rate(source: Filter) -> None:
    (width, height), rate = size_of(source), rate_of(source)
    if width * height * rate > MAX_MADE_PER_SECOND:
        raise ValueError(
            f"{source.name}: {width}x{height} at {rate:g} frames per second are more than"
            f" {MAX_MADE_PER_SECOND >> 20} million pixels a second"
        )


def add_ends(chains: Sequence[Sequence[Filter]]) -> list[list[Filter]]:
    """Return the chains with a duration for each source that has none, a bound for FFmpeg."""
    return [[_bounded(each) for each in chain] for chain in chains]


def _bounded(each: Filter) -> Filter:
    if not is_endless(each):
        return each
    return replace(each, params=(*each.params, ("duration", MAX_SECONDS)))
