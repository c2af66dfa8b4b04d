"""Choices that the server makes otherwise than FFmpeg, where the line leaves them open."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from ..command_line.parser import InputFile

_OGG = frozenset({"ogg", "oga", "ogv", "opus", "spx"})
_PICTURES = frozenset(
    {"apng", "bmp", "gif", "jp2", "pam", "png", "ppm", "qoi", "tga", "tif", "tiff", "webp"}
)
"""Pictures whose colours are not subsampled."""
_AAC_BY_DEFAULT = frozenset({"aac", "m4a", "m4b", "m4v", "mov", "mp4"})
_AAC_QUALITY = 1.02
"""`lambda` 120 of the encoder, as `-q:a`."""
_X264_BY_DEFAULT = frozenset({"mp4", "mov", "m4v", "mkv"})
_X264 = ("libx264", "h264")
_SETTLED = frozenset({"pix_fmt", "profile"})
_TAGS = "-map_metadata"


def choose_as_ffmpeg(
    job: dict[str, Any], extra_args: list[str], first: InputFile, container: str, *, is_pipe: bool
) -> list[str]:
    """Add to the job what FFmpeg does with this input and container; return the remarks."""
    extra_args += _tag_options(first, container, extra_args)
    _name_quality(job.get("audio") or {}, container)
    if is_pipe:
        extra_args += _pipe_options(container, extra_args)
    if "graph" in job or job.get("video") is False:
        return []
    return _leave_pixel_format(first, job, container)


def _name_quality(audio: dict[str, Any], container: str) -> None:
    """Write what FFmpeg's AAC encoder makes of `-q:a 0`: its own default of the quality."""
    encoder = audio.get("codec", "aac" if container in _AAC_BY_DEFAULT else None)
    if encoder == "aac" and audio.get("quality") == 0:
        audio["quality"] = _AAC_QUALITY


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


def _leave_pixel_format(first: InputFile, job: dict[str, Any], container: str) -> list[str]:
    """Let FFmpeg choose the pixel format of pictures for H.264; return the remark.

    It keeps all colours, in yuv444p, where the server makes the 4:2:0 that players show.
    """
    video = job.get("video", {})
    encoder = video.get("codec", "libx264" if container in _X264_BY_DEFAULT else None)
    is_picture = PurePath(first.name).suffix[1:].lower() in _PICTURES
    if not is_picture or encoder not in _X264 or video.keys() & _SETTLED:
        return []
    if any("format=" in chain for chain in video.get("filters", ())):
        return []
    job["video"] = {**video, "pix_fmt": "auto"}
    remark = (
        f"{first.name}: as with ffmpeg the result has the colours of pictures (yuv444p), which few"
        " players show; -pix_fmt yuv420p plays everywhere"
    )
    return [remark]
