"""Outputs of many files: numbered pictures and segments, as packages of a job."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from ..errors import CannotTranslate
from .times import parse_time

_NUMBER = re.compile(r"%(0?)(\d{0,2})d")
_PICTURES = {"jpg": "jpg", "jpeg": "jpg", "png": "png", "webp": "webp", "bmp": "bmp"}
_PICTURES |= {"tif": "tiff", "tiff": "tiff"}
_SEGMENTING = frozenset({"segment", "stream_segment", "ssegment"})
_LISTS = {"m3u8": "m3u8", "csv": "csv"}
OPTIONS = frozenset(
    {"segment_time", "segment_times", "segment_list", "segment_list_type", "segment_list_size"}
    | {"segment_format", "segment_start_number", "reset_timestamps", "start_number"}
)
"""Options that a package of the job has keys for."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Where the files of a package go: `%03d` in the path stands for the number of each."""

    path: str
    list_path: str | None = None
    """Where the list of segments goes."""

    def target(self, name: str) -> str:
        """Return the path of a file by the server's name for it, which ends in its number."""
        found = re.search(r"(\d+)\.[a-z0-9]+$", name)
        if found is None:
            return self.list_path or name
        return _NUMBER.sub(lambda m: f"{int(found[1]):{m[1]}{m[2]}d}", self.path, count=1)

    def matches(self, name: str) -> bool:
        """Whether a file name is one that the package could have."""
        before, after = (re.escape(each) for each in _NUMBER.split(PurePath(self.path).name)[::3])
        return re.fullmatch(rf"{before}\d+{after}", name) is not None


def package_of(output: str, values: dict[str, str]) -> tuple[Pattern, dict[str, Any]] | None:
    """Return where the files go and the section of the job; None for an output of one file.

    The values that the section has are taken out of `values`, which are those of the output options
    by their keys. Raise CannotTranslate for what a package has no key for.
    """
    muxer = values.get("f")
    if muxer in _SEGMENTING:
        pattern = Pattern(output, values.pop("segment_list", None))
        section = _segments(output, pattern.list_path, values)
    elif muxer in (None, "image2") and _NUMBER.search(PurePath(output).name):
        pattern, section = Pattern(output), _pictures(output, values)
    else:
        return None
    if len(_NUMBER.findall(output)) != 1 or not _NUMBER.search(PurePath(output).name):
        raise CannotTranslate(output, "the name of the files needs their number once, as %03d")
    values.pop("f", None)
    return pattern, section


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
    section: dict[str, Any] = {"type": "segments", "reset_timestamps": False}
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
