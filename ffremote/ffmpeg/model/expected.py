"""What an output should be according to the inputs of its job."""

from dataclasses import dataclass, replace
from typing import Self

from .claimed_duration import Basis
from .media_info import Origin


@dataclass(frozen=True, slots=True)
class PartRead:
    """The part of the only input that an output needs, as shares of its length."""

    begin: float = 0.0
    """Where reading begins."""
    end: float = 1.0
    skips: bool = False
    """Whether the output leaves out the first seconds of what is read."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the result should be according to the input; None is unknown."""

    duration: float | None
    """Seconds to the end of the last video or audio stream."""
    streams: tuple[str, ...]
    lengths: tuple[float | None, ...] = ()
    """Seconds of each of `streams`; None where the input has no duration of the stream itself."""
    origins: tuple[Origin | None, ...] = ()
    """Where each of `streams` comes from; None for the output of a filter graph."""
    basis: Basis = Basis.HEADER
    is_plausible: bool = True
    """Whether an input of this size can last as long as it claims."""
    reads_to_end: bool = True
    """Whether the job reads the input to its end; unknown, so False, for several inputs."""
    part: PartRead | None = None
    """What the output needs of the only input; None is unknown. It is for progress only."""
    start: float = 0.0
    """Seconds that the job skips at the beginning of the input."""
    input_bytes: int | None = None
    is_declared: bool = False
    """Whether the duration comes from the file's header, not from FFmpeg."""
    breaks_off: bool = False
    """Whether the end of the input is missing."""
    is_by_graph: bool = False
    """Whether a filter graph decides the duration, which is predicted by what its filters do."""
    is_cut: bool = False
    """Whether changed times of an input, or options such as -t, decide the duration."""
    demuxers: tuple[str, ...] = ()
    """FFmpeg's names of the input formats."""

    def with_unknown_reading(self) -> Self:
        """Return the same for an output that does not tell how far its input will be read."""
        return replace(self, reads_to_end=False, part=None)
