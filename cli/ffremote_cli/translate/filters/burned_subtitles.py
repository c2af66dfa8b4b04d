"""`-vf subtitles=FILM`: subtitles of the input itself, drawn into the picture."""

import re

from ..errors import CannotTranslate

_BURN = re.compile(r"(?:^|,)\s*(?:subtitles|ass)=('?)(?:filename=)?([^:,']+)\1(?::si=(\d+))?\s*$")
_ANY = re.compile(r"(?:^|[,;\]])\s*(?:subtitles|ass)=")


def take_burn(text: str, film: str) -> tuple[str, int | None]:
    """The filters without the last one if it burns subtitles in, and which track it burns."""
    match = _BURN.search(text)
    if match is None:
        if _ANY.search(text):
            raise CannotTranslate(f"-vf {text}", "burn the subtitles in with the last filter")
        return text, None
    if match[2].removeprefix("file:") != film.removeprefix("file:"):
        raise CannotTranslate(
            f"-vf {text}",
            f"a job reads one file, so {match[2]} is not on the server",
            hint="put the subtitles into the input first: ffmpeg -i IN -i SUBS -c copy BOTH.mkv",
        )
    return text[: match.start()], int(match[3] or 0)
