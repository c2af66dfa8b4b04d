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
_FLV = {"video": "flv", "audio": "libmp3lame"}
"""FFmpeg's encoders for FLV, where the server takes H.264 and AAC."""
_ENCODER_WORDS = """
    avi:mpeg4 divx:mpeg4 xvid:mpeg4 mpg:mpeg1video mpe:mpeg1video m1v:mpeg1video vob:mpeg2video
    dvd:mpeg2video m2v:mpeg2video mxf:mpeg2video wmv:wmv2 ogv:libtheora webm:libvpx-vp9
    ivf:libvpx-vp9 jpg:mjpeg jpeg:mjpeg jpe:mjpeg jfif:mjpeg mjpeg:mjpeg mjpg:mjpeg
    image2pipe:mjpeg"""
_ENCODERS = dict(word.split(":") for word in _ENCODER_WORDS.split())
"""The encoders of containers, of those whose quality the server chooses otherwise."""
_CRF_32 = frozenset({"libvpx-vp9", "vp9", "libvpx", "vp8", "libaom-av1"})
_BY_BITRATE_WORDS = """
    mpeg4 libxvid mpeg1video mpeg2video msmpeg4 msmpeg4v2 wmv1 wmv2 flv h263 h263p mjpeg libtheora
    theora"""
_BY_BITRATE = frozenset(_BY_BITRATE_WORDS.split())
"""Encoders to which FFmpeg gives 200 kbit/s."""
_QUALITY_KEYS = frozenset({"crf", "qp", "bitrate", "maxrate", "bufsize", "two_pass"})
_QUALITY_OPTIONS = frozenset({"q", "qscale", "global_quality", "lossless", "quality", "target"})

_LOW_QUALITY = (
    "as with ffmpeg the video gets 200 kbit/s, because the line names no quality: -b:v 2M looks"
    " better"
)


def choose_as_ffmpeg(
    job: dict[str, Any], extra_args: list[str], first: InputFile, container: str, *, is_pipe: bool
) -> list[str]:
    """Add to the job what FFmpeg does with this input and container; return the remarks."""
    extra_args += _tag_options(first, container, extra_args)
    _name_quality(job.get("audio") or {}, container)
    if is_pipe:
        extra_args += _pipe_options(container, extra_args)
    _name_encoders(job, container)
    if job.get("video") is False:
        return []
    remarks = _name_video_quality(job, extra_args, container)
    if "graph" in job:
        return remarks
    return [*remarks, *_leave_pixel_format(first, job, container)]


def _name_encoders(job: dict[str, Any], container: str) -> None:
    for kind, encoder in _FLV.items() if container == "flv" else ():
        if job.get(kind) is not False:
            job[kind] = {"codec": encoder, **(job.get(kind) or {})}


def _name_video_quality(
    job: dict[str, Any], extra_args: Sequence[str], container: str
) -> list[str]:
    """Write FFmpeg's quality where the line names none; return the remark on a low one."""
    video = job.get("video") or {}
    if package := job.get("package"):
        container = package.get("format", package.get("container", ""))
    encoder = video.get("codec", _ENCODERS.get(container))
    named = {word.lstrip("-").split(":")[0] for word in extra_args if word.startswith("-")}
    if video.keys() & _QUALITY_KEYS or named & _QUALITY_OPTIONS:
        return []
    if encoder in _CRF_32:
        job["video"] = {**video, "crf": 32}
    elif encoder in _BY_BITRATE:
        job["video"] = {**video, "bitrate": "200k"}
        return [] if encoder == "mjpeg" else [_LOW_QUALITY]
    return []


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
    name = first.parts[0] if first.is_pictures else first.name
    is_picture = PurePath(name).suffix[1:].lower() in _PICTURES
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
