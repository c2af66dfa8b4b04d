"""The plan of one job: the runs of FFmpeg and the expected result."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .expected import Expected
from .planned_output import OutputKind, PlannedOutput

MEASURED = "{{measured:{}.{}}}"
"""Stands in a command line for the filter that an earlier pass finds, by output and track."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of FFmpeg: its arguments without the program, and its relative weight."""

    argv: tuple[str, ...]
    weight: float = 1.0
    loudnorm: tuple[str, ...] = ()
    """The filter, still without measurements, of each audio track that this pass measures."""
    is_fallback: bool = False
    """Whether it runs only if the pass before it wrote no result."""
    outputs: tuple[int, ...] = ()
    """The numbers of the outputs that it writes, in the order of its files."""
    measures: int = 0
    """The number of the output whose loudness it measures."""

    @property
    def command(self) -> str:
        """The command line as typed in a shell."""
        return shlex.join(("ffmpeg", *self.argv))

    @property
    def needs_loudness(self) -> bool:
        """Whether a measurement must be filled in first."""
        return any("{measured:" in word for word in self.argv)

    def with_loudness(self, measured: Mapping[int, Sequence[str]]) -> "Pass":
        """Fill in the filters, one a track, that measuring passes found for each output."""
        argv = self.argv
        for output, filters in measured.items():
            for track, text in enumerate(filters):
                argv = tuple(word.replace(MEASURED.format(output, track), text) for word in argv)
        return replace(self, argv=argv)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that `run` and `verify` need; complete before FFmpeg starts."""

    passes: tuple[Pass, ...]
    outputs: tuple[PlannedOutput, ...]
    """In the order of the job, at least one."""
    warnings: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    """Directories to create before the first pass."""
    files: tuple[tuple[str, str], ...] = ()
    """Files of ours to write before the first pass: the name of each, and its text."""
    links: tuple[tuple[str, str], ...] = ()
    """Symbolic links to make before the first pass: the name of each, and the input it leads to."""
    luts: tuple[tuple[str, str], ...] = ()
    """LUTs to write anew before the first pass: the name of each, and the input that has it."""
    uses_devices: bool = False
    """Whether it encodes or decodes by hardware and so gets the devices of the worker."""

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

    @property
    def is_one_file(self) -> bool:
        """Whether the result is the only file of the job, without a list of files."""
        return [output.kind for output in self.outputs] == [OutputKind.FILE]

    @property
    def output(self) -> str:
        """The path of the first output."""
        return self.outputs[0].path

    def output_field(self, number: int) -> str:
        """Return what names an output in errors: `outputs[1].`, nothing for the only one."""
        return f"outputs[{number}]." if len(self.outputs) > 1 else ""

    @property
    def expected(self) -> Expected:
        """What the first output should be."""
        return self.outputs[0].expected

    def has_fallback(self, number: int) -> bool:
        """Whether the pass after `number` is a fallback for it."""
        return number + 1 < len(self.passes) and self.passes[number + 1].is_fallback
