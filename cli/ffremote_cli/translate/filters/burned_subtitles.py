"""`-vf subtitles=FILE`: subtitles of an input or of another file, burned into the picture."""

import re
from dataclasses import dataclass
from pathlib import PurePath

from ..errors import CannotTranslate

_LAST_FILTER = re.compile(
    r"(?:^|,)\s*(?:subtitles|ass)=('?)(?:filename=)?([^:,']+)\1(?::si=(\d+))?\s*$"
)
_ANY_FILTER = re.compile(r"(?:^|[,;\]])\s*(?:subtitles|ass)=")
_STYLE = re.compile(
    r"(?:^|[,;\]])\s*(?:subtitles|ass)=.*(force_style|original_size|fontsdir|charenc)="
)
_TEXT_FILES = frozenset({".ass", ".srt", ".ssa", ".vtt"})


@dataclass(frozen=True, slots=True)
class BurnedSubtitles:
    """The file and the track whose subtitles are burned in."""

    file: str
    track: int


def role_of_subtitles(name: str) -> str:
    """Return the role of the file as an input: `subtitle`, or `media` for a film with subtitles."""
    return "subtitle" if PurePath(name).suffix.lower() in _TEXT_FILES else "media"


def split_burned_subtitles(text: str) -> tuple[str, BurnedSubtitles | None]:
    """Return the filters without a last one that burns in subtitles, and what it burns in.

    Raise CannotTranslate if that filter is not the last one, or has options of a style.
    """
    match = _LAST_FILTER.search(text)
    if match is not None:
        return text[: match.start()], BurnedSubtitles(
            match[2].removeprefix("file:"), int(match[3] or 0)
        )
    style = _STYLE.search(text)
    if style is not None:
        raise CannotTranslate(
            f"-vf {text}",
            f"{style[1]} is not supported: a job burns subtitles with their own style",
            hint="give the style in an ASS file",
        )
    if _ANY_FILTER.search(text):
        raise CannotTranslate(f"-vf {text}", "the filter that burns subtitles in must be last")
    return text, None
