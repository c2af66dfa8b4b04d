"""Reads mastering data and closed captions of the first frame; ffprobe reports them per frame."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from ..formats.hdr import hdr_kind
from ..model.media_info import MediaInfo, Stream

_CHROMA, _LUMA = 50_000, 10_000  # the units of SMPTE ST 2086 and of libx265
_FRACTION = re.compile(r"[0-9]{1,12}(?:/[0-9]{1,12})?", re.ASCII)
_POINTS = (("G", "green"), ("B", "blue"), ("R", "red"), ("WP", "white_point"))
_ENTRIES = "frame_side_data=side_data_type," + ",".join(
    [f"{name}_{axis}" for _, name in _POINTS for axis in "xy"]
    + ["min_luminance", "max_luminance", "max_content", "max_average"]
)
_CAPTIONS = "ATSC A53 Part 4 Closed Captions"
_CAPTIONED = frozenset({"h264", "hevc", "mpeg2video"})  # codecs in which broadcasts carry captions


def stream_to_probe(info: MediaInfo, *, is_input: bool) -> Stream | None:
    """Return the video stream whose first frame may hold more properties, or None."""
    hdr = (video for video in info.video_streams if hdr_kind(video))
    captioned = (v for v in info.video_streams[:1] if is_input and v.codec in _CAPTIONED)
    return next(hdr, None) or next(captioned, None)


def first_frame_options(video: Stream) -> list[str]:
    """Return ffprobe's options that print the side data of the stream's first frame."""
    first = ("-select_streams", str(video.index), "-read_intervals", "%+#1")
    return [*first, "-show_entries", _ENTRIES]


def with_first_frame(info: MediaInfo, video: Stream, output: Mapping[str, Any]) -> MediaInfo:
    """Return `info` with the properties of `video` that ffprobe's JSON of its frame holds."""
    frames = output.get("frames") or [{}]
    found: dict[str, str] = {}
    rows = frames[0].get("side_data_list", ())
    for row in rows:
        found |= _mastering_display(row) | _content_light(row)
    described = replace(
        video,
        mastering_display=found.get("mastering_display"),
        content_light=found.get("content_light"),
        has_captions=any(row.get("side_data_type") == _CAPTIONS for row in rows) or None,
    )
    streams = tuple(described if s.index == video.index else s for s in info.streams)
    return replace(info, streams=streams)


def _mastering_display(row: Mapping[str, Any]) -> dict[str, str]:
    try:
        points = [
            f"{letter}({_units(row[f'{name}_x'], _CHROMA)},{_units(row[f'{name}_y'], _CHROMA)})"
            for letter, name in _POINTS
        ]
        light = f"L({_units(row['max_luminance'], _LUMA)},{_units(row['min_luminance'], _LUMA)})"
    except (KeyError, ValueError, ArithmeticError):
        return {}
    return {"mastering_display": "".join([*points, light])}


def _content_light(row: Mapping[str, Any]) -> dict[str, str]:
    try:
        return {"content_light": f"{int(row['max_content'])},{int(row['max_average'])}"}
    except (KeyError, ValueError, TypeError):
        return {}


def _units(text: Any, unit: int) -> int:
    """Parse `13250/50000` as a whole number of 1/unit; ValueError if it does not fit 32 bits."""
    if not _FRACTION.fullmatch(str(text)):
        raise ValueError(f"{text} is not a fraction")
    number = round(Fraction(str(text)) * unit)
    if not 0 <= number < 1 << 32:
        raise ValueError(f"{text} is out of range")
    return number
