"""-sub_charenc: the character encoding of a subtitle file, which is uploaded as UTF-8."""

import codecs
from collections.abc import Sequence
from pathlib import PurePath

from ..errors import CannotTranslate
from .parser import Option

_SUBTITLE_FILES = frozenset(
    {"srt", "ass", "ssa", "vtt", "sub", "smi", "sami", "txt", "mpl", "stl", "rt"}
)


def charset_of(name: str, options: Sequence[Option]) -> str | None:
    """Return Python's name of the encoding that `-sub_charenc` gives, or None without the option.

    Raise CannotTranslate for an unknown encoding, and for an input that is not a subtitle file.
    """
    named = [option for option in options if option.name == "sub_charenc"]
    if not named:
        return None
    option = named[-1]
    if PurePath(name).suffix[1:].lower() not in _SUBTITLE_FILES:
        raise CannotTranslate(
            option.word,
            "supported for subtitle files only, whose encoding the server also detects by itself;"
            " not for subtitles inside a media file",
        )
    try:
        return codecs.lookup(option.value or "").name
    except LookupError as exc:
        raise CannotTranslate(
            f"{option.word} {option.value}",
            "unknown character encoding",
            hint="leave it out: the server detects the encoding and names it in a warning",
        ) from exc
