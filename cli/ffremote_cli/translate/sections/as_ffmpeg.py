"""Choices that the server makes otherwise than FFmpeg, where the line leaves them open."""

import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from ..command_line.parser import InputFile
from .conflicts import FILTER_NAMES

_OGG = frozenset({"ogg", "oga", "ogv", "opus", "spx"})
_RGB_HEADERS: Mapping[bytes, Callable[[bytes], tuple[int, int]]] = {
    b"GIF8": lambda head: struct.unpack("<HH", head[6:10]),
    b"\x89PNG": lambda head: struct.unpack(">II", head[16:24]),
}
"""Where pictures without subsampled colours have their width and height."""
_HEADER_BYTES = 24
_X264_BY_DEFAULT = frozenset({"mp4", "mov", "m4v", "mkv"})
_X264 = ("libx264", "h264")
_SETTLED = frozenset({"pix_fmt", "profile", "scale"})
_KEEP_SIZE = frozenset({"fps", "setpts", "reverse", "hflip", "vflip", "loop", "eq", "hue", "trim"})
_TAGS = "-map_metadata"


def choose_as_ffmpeg(
    job: dict[str, Any], extra_args: list[str], first: InputFile, container: str, *, is_pipe: bool
) -> list[str]:
    """Add to the job what FFmpeg does with this input and container; return the remarks."""
    extra_args += _tag_options(first, container, extra_args)
    if is_pipe:
        extra_args += _pipe_options(container, extra_args)
    if "graph" in job or job.get("video") is False:
        return []
    pix_fmt, remarks = _pixel_format(first, container, job.get("video", {}))
    if pix_fmt is not None:
        job.setdefault("video", {})["pix_fmt"] = pix_fmt
    return remarks


def _tag_options(first: InputFile, container: str, given: Sequence[str]) -> list[str]:
    """Return the options that leave out the tags of an Ogg stream, which FFmpeg does not copy."""
    is_ogg = PurePath(first.name).suffix[1:].lower() in _OGG
    if not is_ogg or container in _OGG or any(word.startswith(_TAGS) for word in given):
        return []
    return [_TAGS, "0"]


def _pipe_options(container: str, given: Sequence[str]) -> list[str]:
    """Return the options for stdout, where FFmpeg cannot go back to a header."""
    is_open = container == "mp3" and "-write_xing" not in given
    return ["-write_xing", "0"] if is_open else []


def _pixel_format(
    first: InputFile, container: str, video: Mapping[str, Any]
) -> tuple[str | None, list[str]]:
    """Return FFmpeg's format for x264 and an odd-sized GIF or PNG, None for others; the remark.

    4:2:0 has even sides only, so the server would crop the picture.
    """
    encoder = video.get("codec", "libx264" if container in _X264_BY_DEFAULT else None)
    names = {name for chain in video.get("filters", ()) for name in FILTER_NAMES.findall(chain)}
    if encoder not in _X264 or video.keys() & _SETTLED or not names <= _KEEP_SIZE:
        return None, []
    size = _size_of(first.name.removeprefix("file:"))
    if size is None or not any(side % 2 for side in size):
        return None, []
    remark = (
        f"{first.name} has {size[0]}x{size[1]} pixels: as with ffmpeg the result is yuv444p, which"
        ' few players show; -vf "scale=trunc(iw/2)*2:trunc(ih/2)*2" -pix_fmt yuv420p plays'
        " everywhere"
    )
    return "yuv444p", [remark]


def _size_of(name: str) -> tuple[int, int] | None:
    """Return width and height of a GIF or PNG file; None for other files, and for stdin."""
    if PurePath(name).suffix[1:].lower() not in ("gif", "png", "apng"):
        return None
    try:
        with Path(name).open("rb") as file:
            head = file.read(_HEADER_BYTES)
    except OSError:  # the upload reports it
        return None
    read = _RGB_HEADERS.get(head[:4])
    return read(head) if read is not None and len(head) == _HEADER_BYTES else None
