"""What an ffmpeg command line means: a job, or nothing to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .builder import JobBuilder
from .errors import CannotTranslate
from .input_file import check_input, check_output
from .line.charset import charset_of
from .line.command_line import Line

_NOWHERE = frozenset({"/dev/null", "NUL", "nul"})


@dataclass(frozen=True, slots=True)
class FirstPass:
    """The first of two passes: nothing to do, because the second makes the server do both."""


@dataclass(frozen=True, slots=True)
class Translation:
    """The job, the file to send, and where the result goes; `-` is stdin or stdout."""

    job: Mapping[str, Any]
    input: str
    output: str
    charset: str | None = None
    """What the text of the input is encoded in, where the line says it."""
    remarks: tuple[str, ...] = ()
    """What a person should know about it."""


def translate(line: Line) -> Translation | FirstPass:
    """Say the command line as a job; raises CannotTranslate for what no job can say."""
    if line.input is None:
        raise CannotTranslate("ffmpeg", "there is no input (-i)")
    if line.output is None:
        raise CannotTranslate(
            "ffmpeg",
            "At least one output file must be specified",
            hint="an input alone is not sent, so its streams are not shown; use ffprobe or"
            " mediainfo on this machine",
        )
    if is_first_pass(line):
        return FirstPass()
    remarks = check_input(line.input, line.input_options)
    check_output(line.output)
    builder = JobBuilder(line)
    job = builder.build()
    source, target = (name.removeprefix("file:") for name in (line.input, line.output))
    said = (*remarks, *builder.remarks, *_remarks(line, job))
    charset = charset_of(source, line.input_options)
    return Translation(job, source, target, charset=charset, remarks=said)


def _remarks(line: Line, job: Mapping[str, Any]) -> tuple[str, ...]:
    copies = any((job.get(part) or {}).get("codec") == "copy" for part in ("video", "audio"))
    if copies and any(option.key == "ss" for option in line.output_options):
        return (
            "-ss works as before -i: what is copied begins at the key frame before that moment",
        )
    return ()


def is_first_pass(line: Line) -> bool:
    """Whether the line only makes the statistics for a second one."""
    said = {option.key: option.value for option in line.output_options}
    return said.get("pass") == "1" and (said.get("f") == "null" or line.output in _NOWHERE)
