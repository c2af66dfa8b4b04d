"""Tables that map ffmpeg's options and names to those of the job JSON."""

from collections.abc import Callable, Mapping
from typing import Any


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _sample_rate(text: str) -> int:
    """Return samples per second; `48k` is also accepted."""
    return round(float(text[:-1]) * 1000) if text[-1:] in "kK" else int(text)


Convert = Callable[[str], Any]

_VIDEO_ONLY = (
    *("crf", "qp", "maxrate", "bufsize", "preset", "tune", "level", "pix_fmt", "r", "g", "bf", "s"),
)

ALIASES: Mapping[str, str] = {
    "vcodec": "c:v",
    "codec:v": "c:v",
    "acodec": "c:a",
    "codec:a": "c:a",
    "scodec": "c:s",
    "codec:s": "c:s",
    "codec": "c",
    "vf": "filter:v",
    "af": "filter:a",
    "b": "b:v",
    "vb": "b:v",
    "ab": "b:a",
    "aq": "q:a",
    "qscale:a": "q:a",
    "q": "q:v",
    "qscale": "q:v",
    "qscale:v": "q:v",
    "vbsf": "bsf:v",
    "absf": "bsf:a",
    "vframes": "frames:v",
    "frames": "frames:v",
    "profile": "profile:v",
    **{f"{name}:v": name for name in _VIDEO_ONLY},
    "ar:a": "ar",
    "out_sample_rate": "ar",
    "osr": "ar",
    "ac:a": "ac",
}
"""Alternative spellings of options, with the spelling that the other tables use."""

FIELDS: Mapping[str, tuple[str, str, Convert]] = {
    "c:v": ("video", "codec", str),
    "crf": ("video", "crf", _number),
    "qp": ("video", "qp", int),
    "b:v": ("video", "bitrate", str),
    "maxrate": ("video", "maxrate", str),
    "bufsize": ("video", "bufsize", str),
    "preset": ("video", "preset", str),
    "tune": ("video", "tune", str),
    "profile:v": ("video", "profile", str),
    "level": ("video", "level", str),
    "pix_fmt": ("video", "pix_fmt", str),
    "g": ("video", "gop", int),
    "bf": ("video", "bframes", int),
    "c:a": ("audio", "codec", str),
    "b:a": ("audio", "bitrate", str),
    "q:a": ("audio", "quality", _number),
    "ar": ("audio", "sample_rate", _sample_rate),
    "ac": ("audio", "channels", int),
}
"""Output options that set one key: section, key, and the function that converts the value.

The function raises ValueError for a text that it cannot convert.
"""

CONTAINERS: Mapping[str, str] = {
    "matroska": "mkv",
    "ipod": "m4a",
    "mpegts": "ts",
    "adts": "aac",
    "mpeg": "mpg",
    "asf": "wmv",
    "webvtt": "vtt",
    "yuv4mpegpipe": "y4m",
    "mjpeg": "jpg",
    "singlejpeg": "jpg",
}
"""ffmpeg's muxers, with the container of the job JSON where the names differ."""

PICTURE_CODECS: Mapping[str, str] = {
    "png": "png",
    "mjpeg": "jpg",
    "bmp": "bmp",
    "tiff": "tiff",
    "webp": "webp",
    "libwebp": "webp",
}
"""Containers of a picture by its codec, for an output without an extension."""

SPEED_FILTERS = frozenset(
    {"setpts", "asetpts", "atempo", "rubberband", "asetrate", "tpad", "apad", "trim", "atrim"}
    | {"select", "aselect", "silenceremove", "framestep", "loop", "aloop"}
)
"""Filters that change the speed or the length, so that times of input and result differ."""

_SIZE_WORDS = """
    ntsc 720:480 pal 720:576 qntsc 352:240 qpal 352:288 sntsc 640:480 spal 768:576 film 352:240
    ntsc-film 352:240 sqcif 128:96 qcif 176:144 cif 352:288 4cif 704:576 16cif 1408:1152
    qqvga 160:120 hqvga 240:160 qvga 320:240 wqvga 400:240 fwqvga 432:240 hvga 480:320 vga 640:480
    svga 800:600 xga 1024:768 uxga 1600:1200 qxga 2048:1536 sxga 1280:1024 qsxga 2560:2048
    wvga 852:480 wxga 1366:768 wsxga 1600:1024 wuxga 1920:1200 woxga 2560:1600 wqsxga 3200:2048
    wqhd 2560:1440 nhd 640:360 qhd 960:540 cga 320:200 ega 640:350 hd480 852:480 hd720 1280:720
    hd1080 1920:1080 uhd2160 3840:2160 uhd4320 7680:4320 2k 2048:1080 2kdci 2048:1080
    2kflat 1998:1080 2kscope 2048:858 4k 4096:2160 4kdci 4096:2160 4kflat 3996:2160
    4kscope 4096:1716"""
SIZES: Mapping[str, str] = dict(
    zip(_SIZE_WORDS.split()[::2], _SIZE_WORDS.split()[1::2], strict=True)
)
"""FFmpeg's names of sizes."""

RATES: Mapping[str, str] = {
    "ntsc": "30000/1001",
    "qntsc": "30000/1001",
    "sntsc": "30000/1001",
    "pal": "25",
    "qpal": "25",
    "spal": "25",
    "film": "24",
    "ntsc-film": "24000/1001",
}

FPS_MODES: Mapping[str, str] = {"-1": "auto", "0": "passthrough", "1": "cfr", "2": "vfr"}

MULTI_FILE_MUXERS = frozenset({"hls", "dash", "segment", "stream_segment", "ssegment", "tee"})
