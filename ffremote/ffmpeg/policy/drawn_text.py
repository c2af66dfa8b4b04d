"""The text of `drawtext`: characters, and the values of `%{…}` that come from the video; pure.

`%{localtime}` and `%{gmtime}` are refused: they would draw the clock of the server.
"""

import re
import unicodedata

from .expressions import read_clipped, read_expression
from .tokens import read_token

MAX_LENGTH = 500
MAX_FONT_SIZE = 500
_KEY = re.compile(r"[A-Za-z0-9_.:\-]{1,64}", re.ASCII)
_OFFSET = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?", re.ASCII)
_FORMAT = re.compile(r"(?:%[DFHMSTYdjmy]|[ 0-9A-Za-z:.,/_\-]){1,40}", re.ASCII)
_CONVERSION = re.compile(r"[xXdu]", re.ASCII)
_WIDTH = re.compile(r"[0-9]{1,2}", re.ASCII)
_KNOWN = "pts, n, frame_num, pict_type, metadata:KEY, expr:EXPRESSION and eif:EXPRESSION:d:WIDTH"


def as_text(name: str, found: dict[str, str]) -> dict[str, str]:
    """Return the parameters of a filter without `expansion=none`, whose text has no `%{…}`."""
    if name != "drawtext" or found.get("expansion") != "none":
        return found
    text = re.sub(r"([\\%])", r"\\\1", found.get("text", ""))
    rest = {key: value for key, value in found.items() if key not in ("expansion", "text")}
    return {"text": text, **rest}


def read_text(text: str) -> str:
    """Return the text with each `%{…}` checked and written again; raise ValueError otherwise."""
    if not 1 <= len(text) <= MAX_LENGTH:
        raise ValueError(f"a text has 1 to {MAX_LENGTH} characters")
    out: list[str] = []
    at = 0
    while at < len(text):
        if text.startswith("%{", at):
            written, at = _function(text, at + 2)
        else:
            written, at = _character(text, at)
        out.append(written)
    return "".join(out)


def read_font_size(text: str) -> str:
    """Return the expression of a font size, bounded."""
    return read_clipped(text, MAX_FONT_SIZE)


def _character(text: str, at: int) -> tuple[str, int]:
    char = text[at]
    if char == "%":
        raise ValueError("a percent sign is written \\% in the text, or with expansion=none")
    is_escaped = char == "\\" and at + 1 < len(text)
    drawn = text[at + 1] if is_escaped else char
    if drawn not in "\n\t" and unicodedata.category(drawn) in ("Cc", "Cs"):
        raise ValueError("the text has a control character")
    return (f"\\{drawn}" if is_escaped or drawn in "\\%" else drawn), at + 1 + is_escaped


def _function(text: str, at: int) -> tuple[str, int]:
    """Read `name:argument:…}`; return it as `%{…}` and the position behind it."""
    words: list[str] = []
    while True:
        word, at = read_token(text, at, ":}")
        words.append(word)
        if at >= len(text):
            raise ValueError("%{ is not closed")
        at += 1
        if text[at - 1] == "}":
            break
    name, *arguments = words
    written = _arguments(name, arguments)
    return "%{" + ":".join([name, *map(_escaped, written)]) + "}", at


def _arguments(name: str, given: list[str]) -> list[str]:
    """Return the checked arguments of a function."""
    match name, given:
        case ("n" | "frame_num" | "pict_type" | "pts", []):
            return given
        case "pts", [("flt" | "hms"), *offset] if len(offset) <= 1:
            return [given[0], *(_matching(_OFFSET, each, "a number") for each in offset)]
        case "pts", ["gmtime", offset, *form] if len(form) <= 1:
            time = _matching(_OFFSET, offset, "a number")
            return ["gmtime", time, *(_matching(_FORMAT, each, "a time") for each in form)]
        case "metadata", [key, *default] if len(default) <= 1:
            return [_matching(_KEY, key, "a key"), *(_plain(each) for each in default)]
        case (("e" | "expr"), [expression]):
            return [read_expression(expression)]
        case (("eif" | "expr_int_format"), [expression, conversion, *width]) if len(width) <= 1:
            kind = _matching(_CONVERSION, conversion, "x, X, d or u")
            widths = [_matching(_WIDTH, each, "a width") for each in width]
            return [read_expression(expression), kind, *widths]
    if name in ("localtime", "gmtime", "strftime"):
        raise ValueError(f"%{{{name}}} would draw the clock of the server")
    shown = ":".join([name, *given])
    raise ValueError(f"%{{{shown[:40]}}} is not one of {_KNOWN}")


def _matching(pattern: re.Pattern[str], text: str, expected: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"{text[:40]!r} in %{{…}} is not {expected}")
    return text


def _plain(text: str) -> str:
    if len(text) > 80 or not text.isprintable():
        raise ValueError("the default of %{metadata} has at most 80 printable characters")
    return text


def _escaped(word: str) -> str:
    return re.sub(r"([\\':}])", r"\\\1", word)
