"""What an ffmpeg command line means: a job, or nothing to do."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .builder import JobBuilder
from .line import Line, Option
from .refusal import CannotTranslate
from .tables import NO_INPUT_OPTION, ONE_INPUT

_NOWHERE = frozenset({"/dev/null", "NUL", "nul"})
_TIMES = ("ss", "t", "to")


@dataclass(frozen=True, slots=True)
class FirstPass:
    """The first of two passes: nothing to do, because the second makes the server do both."""


@dataclass(frozen=True, slots=True)
class Translation:
    """The job, the file to send, and where the result goes; `-` is stdin or stdout."""

    job: Mapping[str, Any]
    input: str
    output: str
    remarks: tuple[str, ...] = ()
    """What a person should know about it."""


def translate(line: Line) -> Translation | FirstPass:
    """Say the command line as a job; raises CannotTranslate for what no job can say."""
    if line.input is None:
        raise CannotTranslate("ffmpeg", "there is no input (-i)")
    if line.output is None:
        raise CannotTranslate("ffmpeg", "at least one output file must be given")
    if is_first_pass(line):
        return FirstPass()
    _check_input(line.input, line.input_options)
    job = JobBuilder(line).build()
    source, target = (name.removeprefix("file:") for name in (line.input, line.output))
    return Translation(job, source, target, _remarks(line, job))


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


def _check_input(name: str, options: Sequence[Option]) -> None:
    if name.startswith("concat:"):
        raise CannotTranslate(f"-i {name}", ONE_INPUT)
    if re.match(r"[a-z][a-z0-9+.\-]+:(?!\\)", name) and not name.startswith(("file:", "pipe:")):
        raise CannotTranslate(
            f"-i {name}", "the server reads no addresses", hint="download it, and send the file"
        )
    for option in options:
        if option.key == "f" and option.value in ("concat", "lavfi", "image2", "image2pipe"):
            raise CannotTranslate(f"-f {option.value}", ONE_INPUT)
        if option.key not in _TIMES:
            why = NO_INPUT_OPTION.get(option.name, "before -i a job knows -ss, -t and -to")
            raise CannotTranslate(option.word, why)
