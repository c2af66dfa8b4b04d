"""Options that affect each other: times beside filters that change the speed, -b:v beside -crf."""

import re
from collections.abc import Mapping
from typing import Any

from ..command_line.parser import Option
from ..errors import CannotTranslate
from .tables import SPEED_FILTERS

_FILTER_NAMES = re.compile(r"(?:^|[,;\]])\s*([a-z0-9_]+)")
_ZERO = re.compile(r"0+(?:\.0*)?[kKmM]?")
_IGNORES_BITRATE_WITH_CRF = ("libx264", "libx265", "h264", "hevc")


def refuse_speed_change(job: Mapping[str, Any], output_times: Mapping[str, str]) -> None:
    """Raise CannotTranslate for -t or -to after -i together with a filter that changes the speed.

    After -i, ffmpeg counts them in the result; a job counts them in its input.
    """
    option = next((f"-{name}" for name in ("t", "to") if name in output_times), None)
    sections = [job.get(name) or {} for name in ("video", "audio")]
    chains = [chain for section in sections for chain in section.get("filters", ())]
    names = {name for chain in chains for name in _FILTER_NAMES.findall(chain)}
    changing = names & SPEED_FILTERS
    if option and changing:
        raise CannotTranslate(
            option,
            f"after -i it counts in the result, whose speed the filter {min(changing)} changes",
            hint="write it before -i, where it counts in the input",
        )


def require_copy(option: Option) -> None:
    """Raise CannotTranslate for a codec of data streams or attachments other than copy."""
    if option.value != "copy":
        raise CannotTranslate(
            f"{option.word} {option.value}", "data streams and attachments can only be copied"
        )


def resolve_bitrate(video: dict[str, Any]) -> list[str]:
    """Remove `bitrate` from the section where it has no effect; return the remarks.

    Beside -crf, -b:v limits the rate of VP9 and AV1 and has no effect on x264 and x265; 0 means
    no rate at all, also without -crf.
    """
    if "bitrate" not in video:
        return []
    if _ZERO.fullmatch(video["bitrate"]):
        del video["bitrate"]  # the server adds it for the encoders that need it
    elif "crf" in video and video.get("codec", "libx264") in _IGNORES_BITRATE_WITH_CRF:
        return [
            "ignored, because this encoder does not use it together with -crf: -b:v "
            + video.pop("bitrate")
        ]
    return []
