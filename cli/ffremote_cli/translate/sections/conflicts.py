"""Options that only together say what they mean."""

import re
from collections.abc import Mapping
from typing import Any

from ..errors import CannotTranslate
from .tables import PACE_CHANGERS

_FILTER_NAMES = re.compile(r"(?:^|[,;\]])\s*([a-z0-9_]+)")
_ZERO = re.compile(r"0+(?:\.0*)?[kKmM]?")
_CRF_ALONE = ("libx264", "libx265", "h264", "hevc")


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


def settle_rate(video: dict[str, Any]) -> list[str]:
    """-b:v beside -crf: a cap for VP9 and AV1, nothing for x264 and x265; 0 is no rate at all.

    Return a remark where the rate was left out.
    """
    if "crf" not in video or "bitrate" not in video:
        return []
    if _ZERO.fullmatch(video["bitrate"]):
        del video["bitrate"]  # the server says it itself where the encoder needs it
    elif video.get("codec", "libx264") in _CRF_ALONE:
        return [
            "ignored, because this encoder does not use it beside -crf: -b:v "
            + video.pop("bitrate")
        ]
    return []
