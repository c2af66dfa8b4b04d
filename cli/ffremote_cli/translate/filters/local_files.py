"""Parameters of filters that name files of this machine: a text, a font, a measured motion."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import CannotTranslate
from .graph_text import outside_quotes, split_outside_quotes

_NAMES = re.compile(r"\b(?:drawtext|vidstabtransform)=")
_FILTER = re.compile(r"(\s*(?:\[[^\]]*\]\s*)*)(drawtext|vidstabtransform)=(.*)", re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'|\\(.)", re.DOTALL)
_MAX_TEXT = 500


def without_local_files(text: str) -> tuple[str, list[str]]:
    """Return the filters without parameters that name files, and remarks on what differs.

    `textfile` becomes `text`. Raise CannotTranslate for a file that cannot be read.
    """
    if not _NAMES.search(text):
        return text, []
    remarks: list[str] = []
    chains = [split_outside_quotes(chain, ",") for chain in split_outside_quotes(text, ";")]
    return ";".join(",".join(_filter(each, remarks) for each in c) for c in chains), remarks


def _filter(text: str, remarks: list[str]) -> str:
    match = _FILTER.fullmatch(text)
    if match is None:
        return text
    before, name, rest = match.groups()
    end = next((at for at, char in outside_quotes(rest) if char == "["), len(rest))
    given = split_outside_quotes(_unquoted(rest[:end].strip()), ":")
    kept = [_parameter(name, each, remarks) for each in given]
    if kept == given:
        return text
    body = ":".join(each for each in kept if each is not None).replace("'", r"'\''")
    return f"{before}{name}='{body}'{rest[end:]}" if body else f"{before}{name}{rest[end:]}"


def _parameter(name: str, text: str, remarks: list[str]) -> str | None:
    """Return the parameter, another one in its place, or None to leave it out."""
    key, equals, value = text.partition("=")
    rule = _RULES.get(f"{name}.{key.strip()}")
    return rule(_unquoted(value), remarks) if rule and equals else text


def _text_of_file(name: str, _remarks: list[str]) -> str:
    option = f"drawtext=textfile={name}"
    try:
        text = Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise CannotTranslate(option, f"the text cannot be read: {exc}") from exc
    if len(text) > _MAX_TEXT:
        raise CannotTranslate(option, f"a drawn text has at most {_MAX_TEXT} characters")
    return "text=" + re.sub(r"([\\':])", r"\\\1", text.rstrip("\r\n"))


def _without_font(name: str, remarks: list[str]) -> None:
    remarks.append(
        f"drawtext: the font {name} stays on this machine; the text is drawn with a font of the"
        " server (font=NAME chooses one)"
    )


def _without_motion(name: str, remarks: list[str]) -> None:
    remarks.append(
        f"vidstabtransform: {name} is not used; the server measures the motion in a pass before"
    )


_RULES: Mapping[str, Callable[[str, list[str]], str | None]] = {
    "drawtext.textfile": _text_of_file,
    "drawtext.fontfile": _without_font,
    "vidstabtransform.input": _without_motion,
}


def _unquoted(text: str) -> str:
    """Remove one level of quotes and backslashes."""
    return _QUOTED.sub(lambda match: match[2] if match[1] is None else match[1], text)
