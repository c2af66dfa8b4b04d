"""Options that only together say what they mean."""

import re
from collections.abc import Mapping
from typing import Any

from .refusal import CannotTranslate
from .tables import PACE_CHANGERS

_FILTER_NAMES = re.compile(r"(?:^|[,;\]])\s*([a-z0-9_]+)")


def refuse_change_of_pace(job: Mapping[str, Any], after: Mapping[str, str]) -> None:
    """After -i, -t and -to count in the result; a job counts in its input."""
    word = next((f"-{name}" for name in ("t", "to") if name in after), None)
    parts = [job.get(part) or {} for part in ("video", "audio")]
    texts = [text for part in parts for text in part.get("filters", ())]
    found = {name for text in texts for name in _FILTER_NAMES.findall(text)} & PACE_CHANGERS
    if word and found:
        raise CannotTranslate(
            word,
            f"after -i it counts in the result, whose pace {min(found)} changes",
            hint="write it before -i, where it counts in the input",
        )


def settle_rate(video: dict[str, Any]) -> None:
    """-b:v beside -crf: a cap for VP9 and AV1, nothing for x264, and `-b:v 0` no rate at all."""
    if "crf" not in video or "bitrate" not in video:
        return
    if video["bitrate"] == "0":
        del video["bitrate"]  # the server says it itself where the encoder needs it
    elif video.get("codec", "libx264") in ("libx264", "libx265", "h264", "hevc"):
        raise CannotTranslate(
            f"-b:v {video['bitrate']}",
            "this encoder does not look at it beside -crf",
            hint="leave one out, or cap the quality with -maxrate and -bufsize",
        )
