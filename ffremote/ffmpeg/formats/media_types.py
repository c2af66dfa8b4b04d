"""The media type of a result, by its container and not by its file name."""

from pathlib import PurePosixPath

UNKNOWN = "application/octet-stream"
_CONTAINERS = {
    "video/mp4": "mp4 m4v",
    "video/quicktime": "mov",
    "video/x-matroska": "mkv matroska",
    "video/webm": "webm",
    "video/x-msvideo": "avi",
    "video/x-flv": "flv",
    "video/mp2t": "ts mpegts m2ts",
    "video/mpeg": "mpeg mpg vob",
    "video/3gpp": "3gp",
    "video/3gpp2": "3g2",
    "video/x-ms-wmv": "wmv asf",
    "video/ogg": "ogv",
    "audio/mp4": "m4a m4b",
    "audio/x-matroska": "mka",
    "audio/x-ms-wma": "wma",
    "audio/ogg": "ogg oga opus spx",
    "audio/mpeg": "mp3 mp2",
    "audio/aac": "aac adts",
    "audio/ac3": "ac3",
    "audio/eac3": "eac3",
    "audio/flac": "flac",
    "audio/x-wav": "wav",
    "audio/aiff": "aiff",
    "audio/basic": "au",
    "audio/x-caf": "caf",
    "audio/x-wavpack": "wv",
    "audio/x-tta": "tta",
    "application/mxf": "mxf",
    "application/x-subrip": "srt",
    "text/vtt": "vtt webvtt",
    "text/x-ssa": "ass",
    "text/plain": "md5 hash crc streamhash framemd5 framehash framecrc ffmetadata ffmeta",
    "video/x-motion-jpeg": "mjpeg mjpg",
    "image/gif": "gif",
    "image/apng": "apng",
    "image/png": "png",
    "image/jpeg": "jpg jpeg",
    "image/webp": "webp awebp",
    "image/bmp": "bmp",
    "image/tiff": "tiff",
    "image/avif": "avif",
}
_TYPES = {name: kind for kind, names in _CONTAINERS.items() for name in names.split()}


def media_type(container: str | None, filename: str) -> str:
    """Return the type for the job's `container`, or, as planning does, for the name's extension."""
    name = container or PurePosixPath(filename).suffix[1:].lower()
    return _TYPES.get(name, UNKNOWN)
