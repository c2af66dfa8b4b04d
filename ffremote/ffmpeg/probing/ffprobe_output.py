"""Parses the JSON of ffprobe into `MediaInfo`."""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from ffremote.states import FailureReason

from ..model.failure import refuse
from ..model.media_info import MediaInfo, Stream

_FRACTION = re.compile(r"[0-9]{1,12}(?:/[0-9]{1,12})?", re.ASCII)
MAX_TAG = 256
_COPIED = (
    *("profile", "sample_aspect_ratio", "field_order", "channel_layout"),
    *("color_range", "color_space", "color_transfer", "color_primaries"),
)


def parse_output(output: dict[str, Any]) -> MediaInfo:
    """Return the info in ffprobe's JSON; raise TranscodeError when it lists no stream."""
    streams = tuple(
        _stream(row) for row in output.get("streams", []) if row.get("codec_type") is not None
    )
    if not streams:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT,
            "The input has no stream of a known kind.",
            "Check that it is a video, audio or image file.",
        )
    container = output.get("format", {})
    size = _number(container.get("size"))
    return MediaInfo(
        format=str(container.get("format_name", "")),
        duration=_positive(container.get("duration")),
        streams=streams,
        bytes=None if size is None else int(size),
        start=_number(container.get("start_time")),
        chapters=len(output.get("chapters", ())),
    )


def _stream(row: dict[str, Any]) -> Stream:
    rate = parse_rate(row.get("avg_frame_rate")) or parse_rate(row.get("r_frame_rate"))
    sample_rate = _number(row.get("sample_rate"))
    disposition = row.get("disposition", {})
    is_video = row["codec_type"] == "video"
    tag = row.get("codec_tag_string", "[0][0][0][0]")
    return Stream(
        index=int(row["index"]),
        kind=str(row["codec_type"]),
        codec=str(row.get("codec_name", "unknown")),
        width=row.get("width"),
        height=row.get("height"),
        fps=rate if is_video else None,
        pix_fmt=row.get("pix_fmt"),
        sample_rate=None if sample_rate is None else int(sample_rate),
        channels=row.get("channels"),
        duration=_positive(row.get("duration")),
        is_default=bool(disposition.get("default")),
        is_picture=bool(disposition.get("attached_pic")),
        is_forced=bool(disposition.get("forced")),
        start=_number(row.get("start_time")),
        tag=None if str(tag).startswith("[") else tag,
        base_fps=parse_rate(row.get("r_frame_rate")) if is_video else None,
        bytes=row.get("extradata_size"),
        level=_level(row.get("level")),
        sample_format=row.get("sample_fmt"),
        time_base=row.get("time_base"),
        header=row.get("extradata_hash"),
        rotation=_rotation(row.get("side_data_list", ())),
        dolby_vision=_integer(row.get("side_data_list", ()), "dv_profile"),
        side_data=tuple(str(each.get("side_data_type")) for each in row.get("side_data_list", ())),
        tags={key.lower(): str(text)[:MAX_TAG] for key, text in row.get("tags", {}).items()},
        **{key: row[key] for key in _COPIED if row.get(key) not in (None, "unknown", "0:1")},
    )


def _rotation(side_data: Iterable[Mapping[str, Any]]) -> int | None:
    """Return the degrees counter-clockwise by which players rotate the video, 0 to 359."""
    turns = (_number(each.get("rotation")) for each in side_data)
    return next((round(turn) % 360 for turn in turns if turn is not None), None)


def _integer(side_data: Iterable[Mapping[str, Any]], key: str) -> int | None:
    numbers = (_number(each.get(key)) for each in side_data)
    return next((int(number) for number in numbers if number is not None), None)


def _level(value: Any) -> int | None:
    """Return the codec's level; ffprobe prints a negative number where it is not known."""
    return int(value) if value is not None and int(value) > 0 else None


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _positive(text: Any) -> float | None:
    value = _number(text)
    return value if value is not None and 0 < value < 1e9 else None


def parse_rate(text: Any) -> float | None:
    """Return frames per second for a fraction such as `30000/1001`; None for any other text."""
    if not _FRACTION.fullmatch(str(text)):
        return None  # Fraction would expand the digits of an exponent
    try:
        value = float(Fraction(str(text)))
    except ZeroDivisionError:
        return None
    return round(value, 3) if value > 0 else None
