"""Parameters of filters that name files of this machine: texts, fonts, LUTs, measured motion."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import CannotTranslate
from .graph_text import outside_quotes, split_outside_quotes

_NAMED = "drawtext|lut1d|lut3d|vidstabtransform"
_NAMES = re.compile(rf"\b(?:{_NAMED})=")
_FILTER = re.compile(rf"(\s*(?:\[[^\]]*\]\s*)*)({_NAMED})=(.*)", re.DOTALL)
_NUMBER = re.compile("\0([0-9]+)\0")
_QUOTED = re.compile(r"'([^']*)'|\\(.)", re.DOTALL)
_MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class SideFile:
    """A font or a LUT of a filter, which becomes an input of the job with this role."""

    name: str
    role: str


@dataclass(slots=True)
class LocalFiles:
    """Collects the files that filters name, and remarks on what differs."""

    side_files: list[SideFile] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def take(self, text: str) -> str:
        """Return the filters without parameters that name files.

        `textfile` becomes `text`; `fontfile` and the file of a LUT become `input` with a mark,
        which `numbered` replaces. Raise CannotTranslate for a text that cannot be read.
        """
        if not _NAMES.search(text):
            return text
        chains = [split_outside_quotes(chain, ",") for chain in split_outside_quotes(text, ";")]
        return ";".join(",".join(_filter(each, self) for each in c) for c in chains)

    def input_of(self, name: str, role: str) -> str:
        """Return the parameter for a file, which is added to the side files."""
        file = SideFile(name.removeprefix("file:"), role)
        if file not in self.side_files:
            self.side_files.append(file)
        return f"input=\0{self.side_files.index(file)}\0"


def numbered(text: str, first: int) -> str:
    """Return the filters with the numbers of side files, of which the first is input `first`."""
    return _NUMBER.sub(lambda match: str(first + int(match[1])), text)


def _filter(text: str, files: LocalFiles) -> str:
    match = _FILTER.fullmatch(text)
    if match is None:
        return text
    before, name, rest = match.groups()
    end = next((at for at, char in outside_quotes(rest) if char == "["), len(rest))
    given = split_outside_quotes(_unquoted(rest[:end].strip()), ":")
    if name in _LUTS and "=" not in given[0]:
        given[0] = f"file={given[0]}"
    kept = [_parameter(name, each, files) for each in given]
    if kept == given:
        return text
    body = ":".join(each for each in kept if each is not None).replace("'", r"'\''")
    return f"{before}{name}='{body}'{rest[end:]}" if body else f"{before}{name}{rest[end:]}"


def _parameter(name: str, text: str, files: LocalFiles) -> str | None:
    """Return the parameter, another one in its place, or None to leave it out."""
    key, equals, value = text.partition("=")
    rule = _RULES.get(f"{name}.{key.strip()}")
    return rule(_unquoted(value), files) if rule and equals else text


def _text_of_file(name: str, _files: LocalFiles) -> str:
    option = f"drawtext=textfile={name}"
    try:
        text = Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise CannotTranslate(option, f"the text cannot be read: {exc}") from exc
    if len(text) > _MAX_TEXT:
        raise CannotTranslate(option, f"a drawn text has at most {_MAX_TEXT} characters")
    return "text=" + re.sub(r"([\\':])", r"\\\1", text.rstrip("\r\n"))


def _font(name: str, files: LocalFiles) -> str:
    return files.input_of(name, "font")


def _lut(name: str, files: LocalFiles) -> str:
    return files.input_of(name, "lut")


def _without_motion(name: str, files: LocalFiles) -> None:
    files.remarks.append(
        f"vidstabtransform: {name} is not used; the server measures the motion in a pass before"
    )


_LUTS = ("lut1d", "lut3d")
_RULES: Mapping[str, Callable[[str, LocalFiles], str | None]] = {
    "drawtext.textfile": _text_of_file,
    "drawtext.fontfile": _font,
    **{f"{name}.file": _lut for name in _LUTS},
    "vidstabtransform.input": _without_motion,
}


def _unquoted(text: str) -> str:
    """Remove one level of quotes and backslashes."""
    return _QUOTED.sub(lambda match: match[2] if match[1] is None else match[1], text)
