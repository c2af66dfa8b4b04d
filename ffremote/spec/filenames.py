"""File names that clients send: invisible characters, and the label that is shown."""

import re
import unicodedata

MAX_LABEL = 255
# Invisible, although Unicode classes them as letters, marks or symbols: the fillers of Hangul, the
# blank of Braille and the grapheme joiner.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def is_invisible(character: str) -> bool:
    """Whether a character has no glyph or changes how its neighbours are displayed.

    These are control characters (C0, C1), bidirectional marks, zero-width characters, the BOM and
    line separators.
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
    """Return `text` with escape sequences for its invisible characters, for a message."""
    return "".join(_escape(each) if is_invisible(each) else each for each in text)


def label_of(name: bytes | str | None) -> str | None:
    """Return the printable base name of a client's file, or None if nothing is left of it.

    The name is only a label: invalid UTF-8, directories and invisible characters are removed, and
    the file is not refused for them.
    """
    if name is None:
        return None
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else name
    text = re.split("/", text)[-1]
    return "".join(each for each in text if not is_invisible(each)).strip()[:MAX_LABEL] or None


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
