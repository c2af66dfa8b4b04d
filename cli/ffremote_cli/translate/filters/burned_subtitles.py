"""`-vf subtitles=INPUT`: subtitles of the input itself, burned into the picture."""

import re

from ..errors import CannotTranslate

_LAST_FILTER = re.compile(
    r"(?:^|,)\s*(?:subtitles|ass)=('?)(?:filename=)?([^:,']+)\1(?::si=(\d+))?\s*$"
)
_ANY_FILTER = re.compile(r"(?:^|[,;\]])\s*(?:subtitles|ass)=")


def split_burned_subtitles(text: str, source: str) -> tuple[str, int | None]:
    """Return the filters without a last one that burns in subtitles, and the track it burns in.

    The track is None without such a filter. Raise CannotTranslate if the filter is not the last
    one, or if it reads another file than the input `source`.
    """
    match = _LAST_FILTER.search(text)
    if match is None:
        if _ANY_FILTER.search(text):
            raise CannotTranslate(f"-vf {text}", "the filter that burns subtitles in must be last")
        return text, None
    if match[2].removeprefix("file:") != source.removeprefix("file:"):
        raise CannotTranslate(
            f"-vf {text}",
            f"a job reads one file, so {match[2]} is not on the server",
            hint="put the subtitles into the input first: ffmpeg -i IN -i SUBS -c copy BOTH.mkv",
        )
    return text[: match.start()], int(match[3] or 0)
