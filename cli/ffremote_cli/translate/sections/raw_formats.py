"""The formats that a job can declare for an input, by ffmpeg's names."""

from collections.abc import Mapping

RAW_VIDEO = "rawvideo"
_PCM_WORDS = """
    s8 u8 s16le s16be u16le u16be s24le s24be s32le s32be f32le f32be f64le f64be alaw mulaw"""
VIDEO_FORMATS = frozenset(["h264", "hevc", "vvc", "m4v", "mpegvideo", "mjpeg", "h263", "obu"])
PCM_FORMATS = frozenset(_PCM_WORDS.split())
STREAM_FORMATS = VIDEO_FORMATS | frozenset(["aac", "ac3", "eac3", "dts", "mp3", "flac"])
"""Formats of one stream without a container."""
RAW_FORMATS = PCM_FORMATS | {RAW_VIDEO}
"""Formats without a header."""
LAYOUTS: Mapping[str, int] = {
    "mono": 1,
    "stereo": 2,
    "2.1": 3,
    "4.0": 4,
    "5.0": 5,
    "5.1": 6,
    "6.1": 7,
    "7.1": 8,
}
"""The channels of the layouts that the server gives to so many channels."""
