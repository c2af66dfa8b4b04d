"""Outputs of many files: numbered pictures, segments, HLS and DASH, as packages of a job."""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from ..errors import CannotTranslate
from .pattern import DASH_NAMES, NUMBER, Pattern
from .times import parse_time
from .variants import read_stream_map, variant_pattern

_PICTURES = {"jpg": "jpg", "jpeg": "jpg", "png": "png", "webp": "webp", "bmp": "bmp"}
_PICTURES |= {"tif": "tiff", "tiff": "tiff"}
_SEGMENTING = frozenset({"segment", "stream_segment", "ssegment"})
_HLS_SEGMENTS = {"mpegts": "ts", "fmp4": "fmp4"}
_ADAPTATION_SETS = "id=0,streams=v id=1,streams=a"
_AS_ENCODED = {"key_frames": False}
"""Segments end where FFmpeg's encoder sets key frames, and no others are made."""
_LISTS = {"m3u8": "m3u8", "csv": "csv"}
OPTIONS = frozenset(
    {"segment_time", "segment_times", "segment_list", "segment_list_type", "segment_list_size"}
    | {"segment_format", "segment_start_number", "reset_timestamps", "start_number"}
    | {"hls_time", "hls_list_size", "hls_playlist_type", "hls_segment_type", "hls_flags"}
    | {"hls_fmp4_init_filename", "var_stream_map", "master_pl_name"}
    | {"hls_segment_filename", "seg_duration", "use_timeline", "use_template", "adaptation_sets"}
)
"""Options that a package of the job has keys for."""


def package_of(output: str, values: dict[str, str]) -> tuple[Pattern, dict[str, Any]] | None:
    """Return where the files go and the section of the job; None for an output of one file.

    The values that the section has are taken out of `values`, which are those of the output options
    by their keys. Raise CannotTranslate for what a package has no key for.
    """
    muxer, extension = values.get("f"), PurePath(output).suffix[1:].lower()
    if muxer in _SEGMENTING:
        pattern = Pattern(output, values.pop("segment_list", None))
        section = _segments(output, pattern.list_path, values)
    elif muxer == "hls" or (muxer is None and extension == "m3u8"):
        pattern, section = _hls(output, values)
    elif muxer == "dash" or (muxer is None and extension == "mpd"):
        pattern, section = Pattern("", output, DASH_NAMES), _dash(values)
    elif muxer in (None, "image2") and NUMBER.search(PurePath(output).name):
        pattern, section = Pattern(output), _pictures(output, values)
    else:
        return None
    if pattern.path and len(NUMBER.findall(PurePath(pattern.path).name)) != 1:
        raise CannotTranslate(pattern.path, "the file names need their number once, as %03d")
    values.pop("f", None)
    return pattern, section


def _hls(output: str, values: dict[str, str]) -> tuple[Pattern, dict[str, Any]]:
    kind = values.pop("hls_segment_type", "mpegts")
    if kind not in _HLS_SEGMENTS:
        raise CannotTranslate(f"-hls_segment_type {kind}", "it is mpegts or fmp4")
    flags = values.pop("hls_flags", "independent_segments")
    if set(re.split(r"[+]", flags.lstrip("+"))) != {"independent_segments"}:
        raise CannotTranslate(f"-hls_flags {flags}", "the only flag is independent_segments")
    extension = "m4s" if kind == "fmp4" else "ts"
    default = f"{PurePath(output).with_suffix('')}%d.{extension}"
    section: dict[str, Any] = {
        "type": "hls",
        "seconds": parse_time("-hls_time", values.pop("hls_time", "2")),
        "segment_type": _HLS_SEGMENTS[kind],
        **_AS_ENCODED,
    }
    if "start_number" in values:
        section["start_number"] = _number("-start_number", values.pop("start_number"))
    values.pop("hls_playlist_type", None)
    whole = values.pop("hls_list_size", "5") == "0"
    remarks = () if whole else ("the playlist has all segments, as with -hls_list_size 0",)
    head = values.pop("hls_fmp4_init_filename", "init.mp4")
    pattern = Pattern(
        values.pop("hls_segment_filename", default), output, remarks=remarks, head=head
    )
    return _with_variants(pattern, section, values)


def _with_variants(
    pattern: Pattern, section: dict[str, Any], values: dict[str, str]
) -> tuple[Pattern, dict[str, Any]]:
    text, master = values.pop("var_stream_map", None), values.pop("master_pl_name", None)
    if text is None and master is None:
        return pattern, section
    found = read_stream_map(text)
    section["variants"] = list(found.variants)
    return variant_pattern(pattern, found.names, master), section


def _dash(values: dict[str, str]) -> dict[str, Any]:
    for key in ("use_timeline", "use_template"):
        if values.pop(key, "1") not in ("1", "true"):
            raise CannotTranslate(f"-{key}", "the manifest has a template and a timeline")
    sets = values.pop("adaptation_sets", _ADAPTATION_SETS)
    if sets != _ADAPTATION_SETS:
        raise CannotTranslate(
            f"-adaptation_sets {sets}", f"the sets are those of {_ADAPTATION_SETS!r}"
        )
    seconds = parse_time("-seg_duration", values.pop("seg_duration", "5"))
    return {"type": "dash", "seconds": seconds, **_AS_ENCODED}


def _pictures(output: str, values: dict[str, str]) -> dict[str, Any]:
    extension = PurePath(output).suffix[1:].lower()
    if extension not in _PICTURES:
        raise CannotTranslate(
            output, f"numbered files are pictures: {', '.join(_PICTURES)}; parts need -f segment"
        )
    section: dict[str, Any] = {"type": "pictures", "format": _PICTURES[extension]}
    if "frames:v" in values:
        section["count"] = _number("-frames:v", values.pop("frames:v"))
    if "start_number" in values:
        section["start_number"] = _number("-start_number", values.pop("start_number"))
    return section


def _segments(output: str, listed: str | None, values: dict[str, str]) -> dict[str, Any]:
    section: dict[str, Any] = {"type": "segments", "reset_timestamps": False, **_AS_ENCODED}
    if (times := values.pop("segment_times", None)) is not None:
        section["times"] = [parse_time("-segment_times", each) for each in times.split(",")]
        values.pop("segment_time", None)
    else:
        section["seconds"] = parse_time("-segment_time", values.pop("segment_time", "2"))
    if "reset_timestamps" in values:
        section["reset_timestamps"] = values.pop("reset_timestamps") in ("1", "true")
    if "segment_start_number" in values:
        first = values.pop("segment_start_number")
        section["start_number"] = _number("-segment_start_number", first)
    container = values.pop("segment_format", PurePath(output).suffix[1:].lower())
    section["container"] = {"matroska": "mkv", "mpegts": "ts"}.get(container, container)
    section["list"] = _list(listed, values)
    return section


def _list(listed: str | None, values: dict[str, str]) -> str:
    kind = values.pop("segment_list_type", None)
    if values.pop("segment_list_size", "0") != "0":
        raise CannotTranslate("-segment_list_size", "the list has all segments")
    if listed is None:
        return "none"
    kind = kind or PurePath(listed).suffix[1:].lower()
    if kind not in _LISTS:
        raise CannotTranslate(f"-segment_list {listed}", "the list is m3u8 or csv")
    return _LISTS[kind]


def _number(option: str, text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise CannotTranslate(f"{option} {text}", "this option takes a number")
    return int(text)


def words_of(values: Mapping[str, str]) -> Iterable[str]:
    """Return the options in `values` that no package took, as they were typed."""
    return [word for key in sorted(OPTIONS & values.keys()) for word in (f"-{key}", values[key])]
