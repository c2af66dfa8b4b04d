"""-sub_charenc: the charset of a text file of subtitles, which is sent as UTF-8."""

import codecs
from collections.abc import Sequence
from pathlib import PurePath

from ..errors import CannotTranslate
from .command_line import Option

_TEXTS = frozenset({"srt", "ass", "ssa", "vtt", "sub", "smi", "sami", "txt", "mpl", "stl", "rt"})


def charset_of(name: str, options: Sequence[Option]) -> str | None:
    """The charset of the input that the line names, or None; raises CannotTranslate for others."""
    named = [option for option in options if option.name == "sub_charenc"]
    if not named:
        return None
    option = named[-1]
    if PurePath(name).suffix[1:].lower() not in _TEXTS:
        raise CannotTranslate(
            option.word,
            "a job cannot name the charset of subtitles within a film yet; the server guesses it"
            " for files of subtitles alone",
        )
    try:
        return codecs.lookup(option.value or "").name
    except LookupError as exc:
        raise CannotTranslate(
            f"{option.word} {option.value}",
            "this charset is not known here",
            hint="leave it out: the server guesses the charset, and a warning names it",
        ) from exc
