"""Options that affect each other: times beside filters that change the speed, -b:v beside -crf."""

import re
from collections.abc import Mapping
from typing import Any

from ..command_line.parser import Option
from ..errors import CannotTranslate
from .tables import SIZES, SPEED_FILTERS
from .times import parse_time

FILTER_NAMES = re.compile(r"(?:^|[,;\]])\s*([a-z0-9_]+)")
"""The names of the filters in a chain."""
_BARE_PAD = re.compile(r"((?:^|[,;\]])\s*)apad(?=\s*(?:$|[,;\[]))")
_LONGEST = 86400  # seconds; the server takes no longer inputs by default
_ZERO = re.compile(r"0+(?:\.0*)?[kKmM]?")
_IGNORES_BITRATE_WITH_CRF = ("libx264", "libx265", "h264", "hevc")


def counts_in_result(
    job: Mapping[str, Any], output_times: Mapping[str, str], codec: str | None
) -> bool:
    """Return whether times after -i are those of the result, and not of the only input.

    They differ where a filter changes the speed. A copy with -ss after -i begins at the next key
    frame; with -ss before -i it would begin at the one before. `codec` is that of -c.
    """
    codecs = {codec, *((job.get(name) or {}).get("codec") for name in ("video", "audio"))}
    if "ss" in output_times and "copy" in codecs:
        return True
    sections = [job.get(name) or {} for name in ("video", "audio")]
    chains = [chain for section in sections for chain in section.get("filters", ())]
    names = {name for chain in chains for name in FILTER_NAMES.findall(chain)}
    return bool(output_times) and not names.isdisjoint(SPEED_FILTERS)


def put_size(video: dict[str, Any], size: str) -> None:
    """Write -s: ffmpeg scales after all filters, and the job's `scale` comes before them."""
    scale = SIZES.get(size, size.replace("x", ":"))
    if "filters" in video:
        video["filters"].append(f"scale={scale}")
    else:
        video["scale"] = scale


def with_bounded_pads(
    job: dict[str, Any], output_times: Mapping[str, str], *, is_shortest: bool
) -> None:
    """Give each `apad` without parameters, which never ends, the length that -t gives the result.

    With -shortest another stream ends the result, so the pad gets the greatest length. The server
    refuses filters that never end by themselves.
    """
    if "t" in output_times:
        seconds = parse_time("-t", output_times["t"])
        seconds += parse_time("-ss", output_times.get("ss", "0"))
    elif is_shortest and job.get("video") is not False:
        seconds = _LONGEST
    else:
        return
    bounded = rf"\1apad=whole_dur={seconds:g}"
    audio = job.get("audio") or {}
    if "filters" in audio:
        audio["filters"] = [_BARE_PAD.sub(bounded, chain) for chain in audio["filters"]]
    if "graph" in job:
        job["graph"] = _BARE_PAD.sub(bounded, job["graph"])


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
