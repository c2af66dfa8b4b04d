"""-c:s, -sn and what ffmpeg does without them: what becomes of subtitles."""

import re
from collections.abc import Sequence
from typing import Any

_MAY_BE_SUBTITLES = re.compile(r"0(?::(?:s(?::.+)?|\d+|m:.+))?\??")
_HOLDS = frozenset(
    {"mkv", "matroska", "mka", "mp4", "mov", "m4v", "webm", "ts", "mpegts", "3gp", "3g2"}
)
_UNASKED = frozenset({"mkv", "matroska", "webm"})
"""Containers into which ffmpeg takes one subtitle stream that nothing names; so does the server."""


def subtitles_of(
    codec: str | None, *, maps: Sequence[str], dropped: bool, copies_all: bool, container: str
) -> dict[str, Any] | None:
    """The `subtitles` of the job, or None where the server does what ffmpeg does.

    With -map all named streams are taken, without it the first one that fits.
    """
    if dropped:
        return {"mode": "drop"}
    if maps:
        wanted = container in _HOLDS and any(map(_MAY_BE_SUBTITLES.fullmatch, maps))
    else:
        wanted = codec is not None or (copies_all and container in _UNASKED)
    if not wanted:
        return None
    how = _how(codec, copies_all=copies_all)
    return how if maps else {**how, "track": "auto"}


def _how(codec: str | None, *, copies_all: bool) -> dict[str, Any]:
    if codec == "copy" or (codec is None and copies_all):
        return {"mode": "copy"}
    return {"mode": "convert"} if codec is None else {"mode": "convert", "codec": codec}
