"""Files that options name beside the inputs of a job: `--overlay`, `--mix`, `--attachment`, …"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..workflow.job_inputs import role_of
from .job_option import JobOption, SideFile, number, option, volume

_LAST = ("font", "lut")
Keys = Mapping[str, Callable[[str], Any]]


@dataclass(frozen=True, slots=True)
class _Named:
    """A file and what is said about it, as keys of the job JSON."""

    path: Path
    keys: Mapping[str, Any]


def _text(text: str) -> str:
    return text


_OVERLAY: Keys = {
    "place": _text,
    "margin": number,
    "x": number,
    "y": number,
    "size": _text,
    "opacity": number,
    "start": _text,
    "end": _text,
}
_MIX: Keys = {"volume": volume, "track": number}
_ATTACHMENT: Keys = {"filename": _text}

OVERLAY = option(
    "--overlay",
    "overlays",
    "FILE[:KEY=VALUE]...",
    "Draw a picture or a clip on the video: logo.png:place=bottom-right:margin=10:size=20%."
    " place is a corner (top-left), a side (top) or center; or x and y in pixels, negative from the"
    " other side. size is a share of the width or W:H; opacity is 0 to 1; start and end are times."
    " Can be repeated.",
    SideFile(_OVERLAY),
)
AUDIO_FROM = option(
    "--audio-from",
    "audio.input",
    "FILE",
    "Take the sound of this file instead of that of the input. --extra-args -shortest ends with"
    " the shorter one.",
    SideFile(None),
)
MIX = option(
    "--mix",
    "audio.mix",
    "FILE[:KEY=VALUE]...",
    "Mix in the sound of this file: music.mp3:volume=0.3, or -12dB. It ends with the input. Can be"
    " repeated.",
    SideFile(_MIX),
)

ATTACHMENT = option(
    "--attachment",
    "attachments",
    "FILE",
    "Attach a font or a picture to a Matroska file: DejaVuSans.ttf, cover.jpg. Can be repeated.",
    SideFile(_ATTACHMENT),
)
_OPTIONS = (OVERLAY, AUDIO_FROM, MIX, ATTACHMENT)


def side_file_option(values: Mapping[str, Any]) -> str | None:
    """Return the first of these options that is given, None for none."""
    given = (each.names[0] for each in _OPTIONS if values.get(each.parameter))
    return next(given, None)


def with_side_files(
    job: Mapping[str, Any], values: Mapping[str, Any], further: Sequence[Path]
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Return the job with an input for each file of these options, and all files but the first.

    `job` has all its other inputs, of which `further` are those after the first. Fonts and LUTs
    stay behind all others.
    """
    made: dict[str, Any] = dict(job)
    files: list[Path] = []
    fonts = [path for path in map(Path, values.get(ATTACHMENT.parameter) or ()) if _is_font(path)]
    inputs = list(job.get("inputs") or [job.get("input") or {}])
    roles = [each.get("role") in _LAST for each in inputs]
    first = roles.index(True) if True in roles else len(inputs)
    for each in _OPTIONS:
        found = [_named(each, text) for text in values.get(each.parameter) or ()]
        found = [named for named in found if each is not ATTACHMENT or not _is_font(named.path)]
        if each.kind.keys is None and len(found) > 1:
            raise click.BadParameter("it can be given once", param_hint=each.names[0])
        items = [{"input": first + len(files) + n, **f.keys} for n, f in enumerate(found)]
        if each is ATTACHMENT:
            items = [{**i, "filename": f.path.name} for i, f in zip(items, found, strict=True)]
        files += [named.path for named in found]
        if items:
            _put(made, each, items)
    if files or fonts:
        made.pop("input", None)
        last = [{"role": "font"} for _ in fonts]
        made["inputs"] = [*inputs[:first], *({} for _ in files), *inputs[first:], *last]
        _attach_fonts(made, fonts)
    return made, (*further[: first - 1], *files, *further[first - 1 :], *fonts)


def _is_font(path: Path) -> bool:
    return role_of(path) == "font"


def _attach_fonts(job: dict[str, Any], fonts: Sequence[Path]) -> None:
    """Add the fonts, which are the last inputs of the job, to its attachments."""
    first = len(job["inputs"]) - len(fonts)
    items = [{"input": first + n, "filename": path.name} for n, path in enumerate(fonts)]
    if items:
        job["attachments"] = [*(job.get("attachments") or ()), *items]


def _put(job: dict[str, Any], each: JobOption, items: Sequence[Mapping[str, Any]]) -> None:
    if each in (OVERLAY, ATTACHMENT):
        job[each.path] = list(items)
        return
    audio = job.get("audio")
    value = items[-1]["input"] if each is AUDIO_FROM else list(items)
    job["audio"] = {**(audio if isinstance(audio, dict) else {}), each.path.split(".")[1]: value}


def _named(each: JobOption, text: str) -> _Named:
    """Return the file and the keys of a value; raise BadParameter for a key that is none."""
    keys = each.kind.keys
    if keys is None or Path(text).exists():
        return _Named(Path(text), {})
    name, *parts = re.split(rf":(?=(?:{'|'.join(keys)})=)", text)
    wrong = re.search(r":([a-z]+)=", name)
    if wrong is not None and not Path(name).exists():
        known = ", ".join(keys)
        raise click.BadParameter(
            f"{wrong[1]!r} is no key; the keys are {known}", param_hint=each.names[0]
        )
    given = dict(part.split("=", 1) for part in parts)
    return _Named(Path(name), {key: keys[key](value) for key, value in given.items()})
