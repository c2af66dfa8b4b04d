"""Checks of the input, the output, and the options before -i."""

import re
from pathlib import PurePath

from .command_line.ignored import generates_pts, is_ignored
from .command_line.parser import InputFile, Option
from .command_line.probe_depth import MAX_BYTES, MAX_SECONDS, depth_of
from .command_line.unsupported import BEFORE_INPUT, ELSEWHERE_BEFORE_INPUT, ONE_INPUT
from .errors import CannotTranslate
from .sections.decoding import DECODERS, is_hardware_decoder
from .sections.decoding import OPTIONS as DECODING_OPTIONS
from .sections.raw_formats import RAW_FORMATS, STREAM_FORMATS
from .sections.reading import OPTIONS as READING_OPTIONS
from .sections.sequence import OPTIONS as SEQUENCE_OPTIONS
from .sections.sequence import is_sequence

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:(?!\\)")
_TIMES = frozenset({"ss", "t", "to"})
_SWITCHES = frozenset({"vn", "an", "sn", "dn"})
_MULTI_FILE_FORMATS = frozenset({"concat", "lavfi", "image2", "image2pipe", "hls", "dash"})
_SELF_DESCRIBING_WORDS = """
    3g2 3gp aa aac ac3 adts aiff alaw_wav amr ape apng asf ass au avi bmp_pipe caf dff dnxhd dsf dts
    dv eac3 ffmetadata flac flv gif gif_pipe h264 hevc ico ipod ivf jpeg_pipe m4a m4v matroska mj2
    mjpeg mlp mov mp2 mp3 mp4 mpeg mpegts mpegvideo mxf nut obu ogg opus png_pipe psd_pipe rm srt
    sup swf tiff_pipe truehd tta vobsub w64 wav webm webm_dash_manifest webp_pipe webvtt wtv wv
    yuv4mpegpipe"""
_SELF_DESCRIBING = frozenset(_SELF_DESCRIBING_WORDS.split())
"""Values of -f for formats that the server detects by their content."""
_SAME_DEMUXER = tuple(
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
"""Groups of format names and file extensions that one demuxer of FFmpeg reads."""


def check_input(source: InputFile) -> tuple[str, ...]:
    """Return remarks on options that work differently; raise CannotTranslate for the others."""
    name = source.name
    if name.startswith("concat:"):
        raise CannotTranslate(f"-i {name}", ONE_INPUT)
    if _URL.match(name) and not name.startswith(("file:", "pipe:")):
        raise CannotTranslate(
            f"-i {name}",
            "the server does not read URLs",
            hint="download the file first, and use it as the input",
        )
    remarks = [_check_option(option, source) for option in source.options]
    return tuple(remark for remark in remarks if remark is not None)


def check_output(name: str) -> None:
    """Raise CannotTranslate for an output that is a URL: the result is downloaded as a file."""
    if _URL.match(name) and not name.startswith(("file:", "pipe:")):
        raise CannotTranslate(name, "the result is written to a local file, not to a URL")


def _check_option(option: Option, source: InputFile) -> str | None:
    if option.key in _TIMES | _SWITCHES or is_ignored(option, before_input=True):
        return None
    if option.key in READING_OPTIONS | DECODING_OPTIONS or generates_pts(option):
        return None
    if option.name in SEQUENCE_OPTIONS and is_sequence(source):
        return None
    if depth_of(option):
        return _remark_on_depth(option)
    if option.name == "f":
        return None if is_sequence(source) else _check_format(option, source.name)
    if option.name in DECODERS and not is_hardware_decoder(option):
        return None
    if option.name in DECODERS:
        return f"{' '.join(option.words)} before -i is ignored: the server chooses the decoder"
    reason = BEFORE_INPUT.get(option.name, ELSEWHERE_BEFORE_INPUT)
    raise CannotTranslate(option.word, reason)


def _remark_on_depth(option: Option) -> str | None:
    """Return a remark on more than the server reads ahead."""
    depth = depth_of(option)
    if depth.get("bytes") != MAX_BYTES and depth.get("seconds") != MAX_SECONDS:
        return None
    return f"{' '.join(option.words)} is limited to 128 MiB and 600 s by the server"


def _check_format(option: Option, name: str) -> str | None:
    """Return a remark unless the extension of the file agrees with `-f` before -i."""
    if option.value in RAW_FORMATS | STREAM_FORMATS:
        return None
    formats = frozenset((option.value or "").split(","))
    if formats & _MULTI_FILE_FORMATS and not _is_one_picture(formats, name):
        raise CannotTranslate(f"-f {option.value}", ONE_INPUT)
    if not formats & (_SELF_DESCRIBING | {"image2"}):
        raise CannotTranslate(f"-f {option.value}", BEFORE_INPUT["f"])
    extension = PurePath(name).suffix[1:].lower()
    if extension in formats or any(
        extension in group and formats & group for group in _SAME_DEMUXER
    ):
        return None
    return f"-f {option.value} before -i is ignored: the server detects the format"


def _is_one_picture(formats: frozenset[str], name: str) -> bool:
    return formats == {"image2"} and name != "-" and not name.startswith("pipe:")
