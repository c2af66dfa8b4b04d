"""-c:s and -sn: the `subtitles` section of the job."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from ..command_line.parser import InputFile, Option
from ..filters.burned_subtitles import BurnedSubtitles
from .inputs import Inputs

_MAY_BE_SUBTITLES = re.compile(r"\d{1,2}(?::(?:s(?::.+)?|\d+|m:.+))?\??")
_SUBTITLE_CONTAINERS = frozenset(
    {"mkv", "matroska", "mka", "mp4", "mov", "m4v", "webm", "ts", "mpegts", "3gp", "3g2"}
)
_DEFAULT_SUBTITLE_CONTAINERS = frozenset({"mkv", "matroska", "webm"})
"""Containers that get one subtitle stream by default, in ffmpeg and on the server."""
_CONVERTED_TO = {"mkv": "ass", "matroska": "ass"}
"""The format to which ffmpeg converts that stream, where the server would copy it."""


def subtitles_of(
    codec: str | None, *, maps: Sequence[str], dropped: bool, copies_all: bool, container: str
) -> dict[str, Any] | None:
    """Return the `subtitles` section, or None where the server's default equals ffmpeg's.

    `codec` is the value of -c:s. With -map, all mapped subtitle streams are kept; without it, the
    first one that fits the container.
    """
    if dropped:
        return {"mode": "drop"}
    if maps:
        wanted = container in _SUBTITLE_CONTAINERS and any(map(_MAY_BE_SUBTITLES.fullmatch, maps))
    else:
        wanted = codec is not None or (copies_all and container in _DEFAULT_SUBTITLE_CONTAINERS)
        if not wanted and container in _CONVERTED_TO:
            return {"mode": "convert", "codec": _CONVERTED_TO[container], "track": "default"}
    if not wanted:
        return None
    section = _mode(codec, copies_all=copies_all)
    if section == {"mode": "convert"} and container in _CONVERTED_TO:
        section["codec"] = _CONVERTED_TO[container]
    return section if maps else {**section, "track": "auto"}


def _mode(codec: str | None, *, copies_all: bool) -> dict[str, Any]:
    if codec == "copy" or (codec is None and copies_all):
        return {"mode": "copy"}
    return {"mode": "convert"} if codec is None else {"mode": "convert", "codec": codec}


def burned_section(burned: BurnedSubtitles, inputs: Inputs) -> tuple[Inputs, dict[str, Any]]:
    """Return the section that burns subtitles in, and the inputs with their file among them."""
    path = PurePath(burned.file)
    names = [PurePath(each.name.removeprefix("file:")) for each in inputs.files.values()]
    section: dict[str, Any] = {"mode": "burn", "track": burned.track}
    if burned.style is not None:
        section["style"] = burned.style
    if burned.is_first and burned.input is None:
        section["before_filters"] = True
    if burned.input is not None:
        number = inputs.numbers.get(burned.input, burned.input)
        return inputs, section if inputs.is_single else {**section, "input": number}
    if path not in names:
        charset = burned.charset and Option("sub_charenc", "", burned.charset)
        side_file = InputFile(burned.file, (charset,) if charset else ())
        inputs = replace(inputs, side_file=side_file)
        return inputs, {**section, "input": len(names)}
    return inputs, section if len(names) == 1 else {**section, "input": names.index(path)}
