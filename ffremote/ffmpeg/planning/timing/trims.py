"""How much the filters `trim` and `atrim` leave of what they read."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ...policy.value_rules import seconds_of

_TIMES = frozenset({"start", "end", "duration"})


@dataclass(frozen=True, slots=True)
class Trim:
    """The part that a trim leaves, in seconds."""

    start: float
    end: float
    duration: float
    is_timed: bool
    """Whether times alone choose the part; frames and time stamps may choose less of it."""

    def seconds_of(self, length: float) -> float | None:
        """Return what is left of a stream that begins at time 0; None if it is not known."""
        left = max(0.0, min(self.end, length) - self.start)
        return min(left, self.duration) if self.is_timed else None

    def at_most(self, length: float) -> float:
        """Return an upper bound of what is left, whenever the stream begins."""
        return min(length, max(0.0, self.end - self.start), self.duration)


def read_trim(params: Mapping[str, str]) -> Trim:
    """Return the part that the parameters of a `trim` or `atrim` choose."""
    return Trim(
        start=seconds_of(params.get("start", "0")),
        end=seconds_of(params["end"]) if "end" in params else math.inf,
        duration=seconds_of(params["duration"]) if "duration" in params else math.inf,
        is_timed=params.keys() <= _TIMES,
    )
