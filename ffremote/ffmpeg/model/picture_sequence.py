"""The pictures of a sequence as files of ours: their formats, names and default rate."""

from .media_info import MediaInfo, Stream

FOLDER = "sequence"
DEMUXER = "image2"
DEFAULT_FPS = "25"
"""FFmpeg's own rate for pictures."""
MOST_PICTURES = 20_000

EXTENSIONS = {
    "bmp": "bmp",
    "dpx": "dpx",
    "jpeg2000": "jp2",
    "mjpeg": "jpg",
    "pam": "pam",
    "pbm": "pbm",
    "pgm": "pgm",
    "png": "png",
    "ppm": "ppm",
    "qoi": "qoi",
    "tiff": "tif",
    "webp": "webp",
}
"""The extension of each format by FFmpeg's name of its codec, which the demuxer finds by it."""

ORDINARY_SEQUENCE = MediaInfo(
    DEMUXER,
    duration=None,
    streams=(Stream(0, "video", "mjpeg", 1920, 1080, 25.0, "yuvj420p", base_fps=25.0),),
)
"""Ordinary pictures, which every FFmpeg decodes, to plan a job before its input exists."""


def pictures_folder(attempt: str, number: int) -> str:
    """Return the directory of the pictures of an input, relative to the job's directory."""
    return f"{attempt}/{FOLDER}{number}"


def picture_pattern(extension: str) -> str:
    """Return the pattern of the pictures' names, as the unpacker writes them: 00000001.png."""
    return f"%08d.{extension}"


def demuxer_options(fps: str) -> list[str]:
    """Return the options before a sequence: only files of its pattern are opened."""
    return ["-framerate", fps, "-pattern_type", "sequence", "-start_number", "1"]
