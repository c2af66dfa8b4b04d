"""The input and the output as files, and the options before -i."""

import re
from collections.abc import Sequence
from pathlib import PurePath

from .errors import CannotTranslate
from .line.command_line import Option
from .line.ignored import is_ignored
from .line.unsupported import BEFORE_INPUT, ELSEWHERE_BEFORE_INPUT, ONE_INPUT

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:(?!\\)")
_SEQUENCE = re.compile(r"%0?\d*d")
_TIMES = frozenset({"ss", "t", "to"})
_SWITCHES = frozenset({"vn", "an", "sn", "dn"})
_SEVERAL = frozenset({"concat", "lavfi", "image2", "image2pipe", "hls", "dash"})
_SELF_DESCRIBING_WORDS = """
    3g2 3gp aa aac ac3 adts aiff alaw_wav amr ape apng asf ass au avi bmp_pipe caf dff dnxhd dsf dts
    dv eac3 ffmetadata flac flv gif gif_pipe h264 hevc ico ipod ivf jpeg_pipe m4a m4v matroska mj2
    mjpeg mlp mov mp2 mp3 mp4 mpeg mpegts mpegvideo mxf nut obu ogg opus png_pipe psd_pipe rm srt
    sup swf tiff_pipe truehd tta vobsub w64 wav webm webm_dash_manifest webp_pipe webvtt wtv wv
    yuv4mpegpipe"""
_SELF_DESCRIBING = frozenset(_SELF_DESCRIBING_WORDS.split())
"""Names for -f of formats that a server recognises by their content."""
_FAMILIES = tuple(
    frozenset(words.split())
    for words in (
        "mov mp4 m4a m4b m4r m4v 3gp 3g2 mj2 qt ipod",
        "matroska mkv mka mks webm",
        "mpegts ts m2ts mts m2t",
        "mpeg mpg vob mpegvideo m2v",
        "ogg oga ogv opus",
        "adts aac",
        "asf wma wmv",
        "aiff aif",
        "webvtt vtt",
        "image2 png jpg jpeg bmp tif tiff webp png_pipe jpeg_pipe bmp_pipe tiff_pipe webp_pipe",
    )
)
"""Names of formats and endings of files that one demuxer of FFmpeg reads."""
_DECODERS = frozenset({"c", "codec", "vcodec", "acodec", "scodec"})


def check_input(name: str, options: Sequence[Option]) -> tuple[str, ...]:
    """Refuse what a server cannot read, by name; return remarks about what it does otherwise."""
    if name.startswith("concat:") or _SEQUENCE.search(PurePath(name).name):
        raise CannotTranslate(f"-i {name}", ONE_INPUT)
    if _ADDRESS.match(name) and not name.startswith(("file:", "pipe:")):
        raise CannotTranslate(
            f"-i {name}", "the server reads no addresses", hint="download it, and send the file"
        )
    remarks = [_check_option(option, name) for option in options]
    return tuple(remark for remark in remarks if remark is not None)


def check_output(name: str) -> None:
    """Refuse an output that is no file: the result comes back as one."""
    if _ADDRESS.match(name) and not name.startswith(("file:", "pipe:")):
        raise CannotTranslate(name, "the result comes back as a file, not to an address")


def _check_option(option: Option, name: str) -> str | None:
    if option.key in _TIMES | _SWITCHES or is_ignored(option, before_input=True):
        return None
    if option.name == "sub_charenc":
        return None  # the file is sent as UTF-8
    if option.name == "f":
        return _format(option, name)
    if option.name in _DECODERS:
        return (
            f"{' '.join(option.words)} before -i is ignored: the server chooses the decoder, "
            "and takes libvpx-vp9 or libvpx where the input has an alpha channel"
        )
    why = BEFORE_INPUT.get(option.name, ELSEWHERE_BEFORE_INPUT)
    raise CannotTranslate(option.word, why)


def _format(option: Option, name: str) -> str | None:
    """`-f` before -i: nothing to say where the file's name says the same."""
    formats = frozenset((option.value or "").split(","))
    if formats & _SEVERAL and not _is_one_picture(formats, name):
        raise CannotTranslate(f"-f {option.value}", ONE_INPUT)
    if not formats & (_SELF_DESCRIBING | {"image2"}):
        raise CannotTranslate(f"-f {option.value}", BEFORE_INPUT["f"])
    ending = PurePath(name).suffix[1:].lower()
    if ending in formats or any(ending in one and formats & one for one in _FAMILIES):
        return None
    return f"-f {option.value} before -i is ignored: the server finds the format out by itself"


def _is_one_picture(formats: frozenset[str], name: str) -> bool:
    return formats == {"image2"} and name != "-" and not name.startswith("pipe:")
