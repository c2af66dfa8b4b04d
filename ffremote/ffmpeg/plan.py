"""What FFmpeg will be asked to do for one job, and what should come of it."""

import shlex
from dataclasses import dataclass, replace

MEASURED = "{measured}"
"""Stands in a command line for the loudness that an earlier pass measures."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of FFmpeg: its arguments without the program, and its share of the work."""

    argv: tuple[str, ...]
    weight: float = 1.0
    measures_loudness: bool = False

    @property
    def command(self) -> str:
        """The command line as one would type it."""
        return shlex.join(("ffmpeg", *self.argv))

    @property
    def needs_loudness(self) -> bool:
        """Whether a measurement must be filled in first."""
        return any(MEASURED in word for word in self.argv)

    def with_loudness(self, measured: str) -> "Pass":
        """Fill in what a measuring pass found."""
        argv = tuple(word.replace(MEASURED, measured) for word in self.argv)
        return replace(self, argv=argv)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the result should be; `duration` is None when nobody can know it beforehand."""

    duration: float | None
    streams: tuple[str, ...]
    is_estimate: bool = False
    """The input's length is only a guess from its bit rate, so it proves nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that `run` and `verify` need; decided before anything runs."""

    passes: tuple[Pass, ...]
    output: str
    expected: Expected
    warnings: tuple[str, ...] = ()
    rewrites_output: bool = False
    """The muxer writes the file a second time at the end, silently (faststart)."""
    demuxer: str | None = None
    """What reads the result, where its name would mislead FFmpeg."""

    @property
    def command(self) -> str:
        """The command lines of all passes, for people: what is logged, stored and returned."""
        return " && ".join(each.command for each in self.passes)
