"""The plan of one job: the runs of FFmpeg and the expected result."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .claimed_duration import Basis
from .media_info import Origin
from .planned_output import PlannedOutput

MEASURED = "{{measured:{}}}"
"""Stands in a command line for the filter that an earlier pass finds for a track."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of FFmpeg: its arguments without the program, and its relative weight."""

    argv: tuple[str, ...]
    weight: float = 1.0
    loudnorm: tuple[str, ...] = ()
    """The filter, still without measurements, of each audio track that this pass measures."""
    is_fallback: bool = False
    """Whether it runs only if the pass before it wrote no result."""
    outputs: tuple[PlannedOutput, ...] = ()
    """What this pass leaves of the result; empty where `Plan.output` is the whole of it."""

    @property
    def command(self) -> str:
        """The command line as typed in a shell."""
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


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that `run` and `verify` need; complete before FFmpeg starts."""

    passes: tuple[Pass, ...]
    output: str
    """The path of the result, below the attempt's directory; the first of several `outputs`."""
    expected: Expected
    warnings: tuple[str, ...] = ()
    rewrites_output: bool = False
    """Whether the muxer rewrites the file at the end, without progress (faststart)."""
    folders: tuple[str, ...] = ()
    """Directories to create before the first pass."""
    files: tuple[tuple[str, str], ...] = ()
    """Files of ours to write before the first pass: the name of each, and its text."""
    links: tuple[tuple[str, str], ...] = ()
    """Symbolic links to make before the first pass: the name of each, and the input it leads to."""
    luts: tuple[tuple[str, str], ...] = ()
    """LUTs to write anew before the first pass: the name of each, and the input that has it."""
    demuxer: str | None = None
    """The demuxer for the result, where FFmpeg would misread its file name."""
    uses_devices: bool = False
    """Whether it encodes or decodes by hardware and so gets the devices of the worker."""

    @property
    def outputs(self) -> tuple[PlannedOutput, ...]:
        """The outputs of a job that makes several files or none; empty if it makes `output`."""
        return tuple(output for each in self.passes for output in each.outputs)

    @property
    def command(self) -> str:
        """The command lines of all passes, as logged, stored and returned to clients."""
        written = [
            f"printf {shlex.quote(text.encode('unicode_escape').decode())} > {shlex.quote(name)}"
            for name, text in self.files
        ]
        written += [f"cp {shlex.quote(source)} {shlex.quote(name)}" for name, source in self.luts]
        written += [
            f"ln -sr {shlex.quote(target)} {shlex.quote(name)}" for name, target in self.links
        ]
        runs = [each.command for each in self.passes if not each.is_fallback]
        return " && ".join([*written, *runs])

    def has_fallback(self, number: int) -> bool:
        """Whether the pass after `number` is a fallback for it."""
        return number + 1 < len(self.passes) and self.passes[number + 1].is_fallback
