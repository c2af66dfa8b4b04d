"""File names of strangers: which characters nobody sees, and what is left of a name as a label."""

import re
import unicodedata

MAX_LABEL = 255
# Invisible although Unicode counts them as letters, marks or symbols: the fillers of Hangul, the
# blank of Braille and the joiner of graphemes.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def is_invisible(character: str) -> bool:
    """Whether a character shows nothing of itself, or changes how others are shown.

    Control characters (C0, C1), bidi marks, zero widths, the BOM, and separators of lines.
    """
    return character in _BLANKS or unicodedata.category(character) in _CATEGORIES


def invisible_in(text: str) -> str | None:
    """Describe the first invisible character of `text`, such as `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    for character in text:
        if is_invisible(character):
            name = unicodedata.name(character, "a control character")
            return f"U+{ord(character):04X} {name}"
    return None


def escaped(text: str) -> str:
    """Return `text` with its invisible characters written out, for a message."""
    return "".join(_escape(each) if is_invisible(each) else each for each in text)


def label_of(name: bytes | str | None) -> str | None:
    """Return what is shown of the name that a client gave its file, None when nothing is left.

    The name is only a label: bytes that are not UTF-8, directories and invisible characters are
    no reason to refuse the file.
    """
    if name is None:
        return None
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else name
    text = re.split("/", text)[-1]
    return "".join(each for each in text if not is_invisible(each)).strip()[:MAX_LABEL] or None


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
