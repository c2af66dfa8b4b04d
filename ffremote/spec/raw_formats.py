"""The closed lists of formats and pixel formats of an input that is not detected."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

RAW_VIDEO = "rawvideo"
_PCM_WORDS = """
    s8 u8 s16le s16be u16le u16be s24le s24be s32le s32be f32le f32be f64le f64be alaw mulaw"""
_STREAM_WORDS = """
    h264 hevc vvc m4v mpegvideo mjpeg h263 obu aac ac3 eac3 dts mp3 flac"""
_PIXEL_WORDS = """
    gray gray10le gray12le gray16le gray16be grayf32le ya8 monow monob
    yuv410p yuv411p yuv420p yuv422p yuv440p yuv444p yuvj420p yuvj422p yuvj444p
    yuva420p yuva422p yuva444p yuv420p10le yuv422p10le yuv444p10le yuv420p10be yuv422p10be
    yuv444p10be yuv420p12le yuv422p12le yuv444p12le yuv420p16le yuv422p16le yuv444p16le
    nv12 nv21 nv16 nv24 p010le p016le yuyv422 yvyu422 uyvy422
    rgb24 bgr24 rgba bgra argb abgr rgb0 bgr0 0rgb 0bgr rgb8 bgr8
    rgb565le bgr565le rgb555le bgr555le rgb48le rgb48be bgr48le rgba64le rgba64be bgra64le
    gbrp gbrp10le gbrp12le gbrp16le gbrpf32le gbrap gbrap16le
    bayer_rggb8 bayer_bggr8 bayer_gbrg8 bayer_grbg8"""
PCM_FORMATS = tuple(_PCM_WORDS.split())
STREAM_FORMATS = tuple(_STREAM_WORDS.split())
"""Formats of one stream without a container."""
PIXEL_FORMATS = tuple(_PIXEL_WORDS.split())
RAW_FORMATS = frozenset({*PCM_FORMATS, RAW_VIDEO})
"""Formats without a header: any bytes are data of them."""
_FORMATS = (*PCM_FORMATS, RAW_VIDEO, *STREAM_FORMATS)


def _one_of(names: tuple[str, ...]) -> Callable[[Any], Any]:
    known = frozenset(names)

    def check(value: Any) -> Any:
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"it is one of {', '.join(names)}")
        return value

    return check


Format = Annotated[
    str,
    BeforeValidator(_one_of(_FORMATS)),
    WithJsonSchema({"type": "string", "enum": list(_FORMATS)}),
]
PixelFormat = Annotated[
    str,
    BeforeValidator(_one_of(PIXEL_FORMATS)),
    WithJsonSchema({"type": "string", "enum": list(PIXEL_FORMATS)}),
]
