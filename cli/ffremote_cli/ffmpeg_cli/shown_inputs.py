"""A line with inputs and no output: ffmpeg prints what the inputs hold, and ends with 1."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..client.client import Client
from ..formatting import one_line, plain
from ..translate import CannotTranslate, CommandLine, SourceFile, Translation, translate
from ..workflow.stdio import STDIN

ENDING = "At least one output file must be specified"
"""What ffmpeg says at the end of such a line."""

_OPENING = ("role", "format", "sample_rate", "channels", "size", "pix_fmt", "probe")
_ANY_OUTPUT = "shown.mkv"
_FIRST = re.compile(r"Input #(\d+), .*, from 'file:input':")


def has_no_output(line: CommandLine) -> bool:
    """Return whether the line only has its inputs shown."""
    return line.output is None and bool(line.inputs) and line.information_option is None


def describe_inputs(line: CommandLine) -> Translation:
    """Return the job that describes the inputs of such a line; raise CannotTranslate."""
    found = translate(replace(line, output=_ANY_OUTPUT))
    if not isinstance(found, Translation) or not found.inputs or line.is_joined:
        raise CannotTranslate("ffmpeg", ENDING, hint="the server shows files, no lists or sources")
    inputs = found.job.get("inputs") or [found.job.get("input", {})]
    if len(inputs) != len(line.inputs):
        raise CannotTranslate("ffmpeg", ENDING, hint="the server shows files, no sources")
    sections = [_opening(each) for each in inputs]
    job: dict[str, Any] = {"probe": True}
    if len(sections) > 1:
        job["inputs"] = sections
    elif sections[0]:
        job["input"] = sections[0]
    return Translation(job, found.inputs, ())


def _opening(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys that say how an input is opened; the others choose what of it is used."""
    keys = (*_OPENING, "fps") if "format" in section else _OPENING
    return {key: section[key] for key in keys if key in section}


def printed_lines(client: Client, job_id: str, inputs: Sequence[SourceFile]) -> Iterator[str]:
    """Yield what FFmpeg printed about the inputs of a completed job, with their names here."""
    text = b"".join(client.log(job_id)).decode(errors="replace")
    _, _, described = text.partition("\n\n")
    for line in described.removesuffix("\n").split("\n")[
        1:
    ]:  # the first one has the version of FFmpeg
        found = _FIRST.fullmatch(line)
        if found and int(found[1]) < len(inputs):
            name = inputs[int(found[1])].name
            name = "pipe:" if name in STDIN else one_line(name)
            line = line.replace("'file:input'", f"'{name}'")
        yield plain(line)
