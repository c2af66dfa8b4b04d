"""The translation of a command line: a job with its files, or a first pass that needs no job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from .builder import JobBuilder
from .command_line.parser import CommandLine, InputFile
from .errors import CannotTranslate
from .input_file import check_input, check_output
from .rewriting.printed_metadata import prints_metadata
from .rewriting.rewriting import rewrite
from .sections.container import NO_FILE
from .sections.inputs import read_inputs
from .sections.pattern import Pattern
from .sections.sequence import is_glob, is_sequence, start_number
from .sections.single_picture import IMAGES
from .several_outputs import SeveralOutputs

_NULL_DEVICES = frozenset({"/dev/null", "NUL", "nul"})


@dataclass(frozen=True, slots=True)
class FirstPass:
    """The first of two passes: no job, because the job of the second pass runs both."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An input to upload; `-` is stdin."""

    name: str
    parts: tuple[str, ...] = ()
    """The files whose bytes, one after the other, are the input; the input itself if empty."""
    is_sequence: bool = False
    """Whether the name is a pattern of pictures."""
    is_glob: bool = False
    """Whether the pattern is a glob."""
    start_number: int | None = None
    """The number of the first picture of a sequence, if the command line names it."""


@dataclass(frozen=True, slots=True)
class Translation:
    """The job, the files to upload, and the paths of the results; `-` is stdout."""

    job: Mapping[str, Any]
    inputs: tuple[SourceFile, ...]
    outputs: tuple[str, ...]
    """One path, or one for each of the job's `outputs` in their order."""
    patterns: Mapping[int, Pattern] = field(default_factory=dict)
    """Where the files of packages go, by the numbers of the outputs."""
    remarks: tuple[str, ...] = ()
    """Sentences for the user about options that are ignored or work differently."""

    prints_metadata: bool = False
    """Whether the filter `metadata` prints to stdout."""

    @property
    def has_file(self) -> tuple[bool, ...]:
        """Whether each output is a file; the others are there for what FFmpeg prints."""
        outputs = self.job.get("outputs") or [self.job]
        return tuple(each.get("container") != NO_FILE for each in outputs)

    @property
    def is_picture(self) -> bool:
        """Whether the result is pictures, which FFmpeg does not write without a frame."""
        if len(self.outputs) > 1:
            return False
        if self.patterns:
            return bool(self.job["package"]["type"] == "pictures")
        name = PurePath(self.job["output_filename"]).suffix[1:].lower()
        return self.job.get("container", name) in IMAGES


def translate(line: CommandLine) -> Translation | FirstPass:
    """Return the command line as a job; raise CannotTranslate for what a job cannot express."""
    if not line.inputs:
        raise CannotTranslate("ffmpeg", "no input is given (-i FILE)")
    if line.output is None:
        raise CannotTranslate(
            "ffmpeg",
            "At least one output file must be specified",
        )
    rewritten = [rewrite(each) for each in line.for_each_output()]
    lines = [each for each, _ in rewritten]
    if all(is_first_pass(each) for each in lines):
        return FirstPass()
    inputs = read_inputs(lines[0])
    remarks = [remark for each in inputs.files.values() for remark in check_input(each)]
    outputs = [_without_scheme(each.output or "") for each in lines]
    _check_outputs(outputs, [_is_file(each) for each in lines])
    builder = JobBuilder(lines[0], inputs) if len(lines) == 1 else SeveralOutputs(lines)
    job = builder.build()
    files = tuple(map(_source_file, builder.inputs.uploads))
    if line.is_joined:
        names = ", ".join(each.name for each in files)
        remarks.append(f"the files of the list are uploaded and joined by the server: {names}")
    for each in files:
        if each.parts:
            what = "pictures" if each.is_sequence else "segments"
            remarks.append(f"{len(each.parts)} {what} of {each.name} are uploaded as one file")
    remarks += [
        *line.notes,
        *(remark for _, each in rewritten for remark in each),
        *builder.remarks,
    ]
    patterns = _patterns(builder)
    for pattern in patterns.values():
        remarks += pattern.remarks
    prints = any(prints_metadata(each) for each in line.for_each_output())
    return Translation(job, files, tuple(outputs), patterns, tuple(remarks), prints_metadata=prints)


def _patterns(builder: JobBuilder | SeveralOutputs) -> dict[int, Pattern]:
    """Return where the files of packages go, by the numbers of the outputs."""
    if isinstance(builder, SeveralOutputs):
        return builder.patterns
    return {} if builder.pattern is None else {0: builder.pattern}


def _check_outputs(outputs: Sequence[str], files: Sequence[bool]) -> None:
    """Raise CannotTranslate for an output that is no local file, or that is named twice."""
    for number, output in enumerate(outputs):
        check_output(output)
        if output in outputs[:number] and files[number]:
            raise CannotTranslate(output, "two outputs have this name")


def _source_file(source: InputFile) -> SourceFile:
    name = _without_scheme(source.name)
    if is_sequence(source):
        return SourceFile(
            name,
            source.parts,
            is_sequence=True,
            is_glob=is_glob(source),
            start_number=start_number(source),
        )
    return SourceFile(name, source.parts)


def _is_file(line: CommandLine) -> bool:
    return all(each.value != NO_FILE for each in line.output_options if each.key == "f")


def _without_scheme(name: str) -> str:
    return name.removeprefix("file:")


def is_first_pass(line: CommandLine) -> bool:
    """Return whether the command line only collects the statistics for a second pass."""
    values = {option.key: option.value for option in line.output_options}
    return values.get("pass") == "1" and (values.get("f") == "null" or line.output in _NULL_DEVICES)
