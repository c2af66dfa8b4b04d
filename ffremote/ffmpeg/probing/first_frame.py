"""What the first picture says of mastering and captions; ffprobe shows it with frames alone."""

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
_CAPTIONED = frozenset({"h264", "hevc", "mpeg2video"})  # what broadcasters put captions into


def film_to_ask(info: MediaInfo, *, is_input: bool) -> Stream | None:
    """Return the film whose first picture is worth a second look, or None."""
    films = info.video_streams
    hdr = (film for film in films if hdr_kind(film))
    captioned = (film for film in films[:1] if is_input and film.codec in _CAPTIONED)
    return next(hdr, None) or next(captioned, None)


def of_first_frame(film: Stream) -> list[str]:
    """Return ffprobe's options that ask for the side data of the film's first picture."""
    first = ("-select_streams", str(film.index), "-read_intervals", "%+#1")
    return [*first, "-show_entries", _ENTRIES]


def with_mastering(info: MediaInfo, film: Stream, answer: Mapping[str, Any]) -> MediaInfo:
    """Add what ffprobe's JSON of the first frame says to the facts of `film`."""
    frames = answer.get("frames") or [{}]
    found: dict[str, str] = {}
    rows = frames[0].get("side_data_list", ())
    for row in rows:
        found |= _mastering_display(row) | _content_light(row)
    described = replace(
        film,
        mastering_display=found.get("mastering_display"),
        content_light=found.get("content_light"),
        has_captions=any(row.get("side_data_type") == _CAPTIONS for row in rows) or None,
    )
    streams = tuple(described if s.index == film.index else s for s in info.streams)
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
    """Read `13250/50000` as a whole number of 1/unit; ValueError for what does not fit 32 bits."""
    if not _FRACTION.fullmatch(str(text)):
        raise ValueError(f"{text} is no fraction")
    number = round(Fraction(str(text)) * unit)
    if not 0 <= number < 1 << 32:
        raise ValueError(f"{text} is out of range")
    return number
