"""What FFmpeg will be asked to do for one job, and what should come of it."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .claimed_duration import Basis

MEASURED = "{{measured:{}}}"
"""Stands in a command line for the filter that an earlier pass finds for a track."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of FFmpeg: its arguments without the program, and its share of the work."""

    argv: tuple[str, ...]
    weight: float = 1.0
    measures_loudness: bool = False
    is_fallback: bool = False
    """It runs only where the pass before it wrote no result."""

    @property
    def command(self) -> str:
        """The command line as one would type it."""
        return shlex.join(("ffmpeg", *self.argv))

    @property
    def needs_loudness(self) -> bool:
        """Whether a measurement must be filled in first."""
        return any("{measured:" in word for word in self.argv)

    def with_loudness(self, measured: Sequence[str]) -> "Pass":
        """Fill in the filters, one a track, that a measuring pass found."""
        argv = self.argv
        for track, text in enumerate(measured):
            argv = tuple(word.replace(MEASURED.format(track), text) for word in argv)
        return replace(self, argv=argv)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the result should be by the input's claims; None is what nothing foretells."""

    duration: float | None
    """Seconds until the end of the last stream of pictures or sound."""
    streams: tuple[str, ...]
    lengths: tuple[float | None, ...] = ()
    """Seconds of each of `streams`; None where the input does not say so of the stream itself."""
    indexes: tuple[int, ...] = ()
    """The number of each of `streams` in the input."""
    basis: Basis = Basis.HEADER
    is_plausible: bool = True
    """Whether an input of this size can be as long as it claims."""
    reads_to_end: bool = True
    """The job reads the input to its end; nothing in it stops before."""
    start: float = 0.0
    """Seconds of the input that the job leaves out at its beginning."""
    input_bytes: int | None = None
    is_declared: bool = False
    """The length stands in the file's own header, whatever FFmpeg makes of it."""
    breaks_off: bool = False
    """The end of the input is not there."""
    demuxer: str = ""
    """FFmpeg's name of the input's format."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that `run` and `verify` need; decided before anything runs."""

    passes: tuple[Pass, ...]
    output: str
    expected: Expected
    warnings: tuple[str, ...] = ()
    rewrites_output: bool = False
    """The muxer writes the file a second time at the end, silently (faststart)."""
    folders: tuple[str, ...] = ()
    """What must be there, empty, before the first pass."""
    demuxer: str | None = None
    """What reads the result, where its name would mislead FFmpeg."""

    uses_devices: bool = False
    """It encodes or decodes by hardware, so that it gets the devices of the worker."""

    @property
    def command(self) -> str:
        """The command lines of all passes, for people: what is logged, stored and returned."""
        return " && ".join(each.command for each in self.passes if not each.is_fallback)

    def has_fallback(self, number: int) -> bool:
        """Whether the pass behind `number` is there for the case that this one writes nothing."""
        return number + 1 < len(self.passes) and self.passes[number + 1].is_fallback
