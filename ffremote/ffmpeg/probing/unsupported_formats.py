"""Recognizes formats that many FFmpeg builds cannot read, by their first bytes."""

from ffremote.states import FailureReason

from ..model.failure import TranscodeError, refuse
from ..model.media_info import MediaInfo

HEAD_BYTES = 64
_HEIF = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1"), "HEIC"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
}
_ANIMATED = 0x02  # a flag in the chunk VP8X


def name_of(head: bytes) -> str | None:
    """Return the name of a format that many FFmpeg builds cannot read, or None for any other."""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF:
        return f"{_HEIF[head[8:12]]} picture"
    if head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and head[20:21]:
        return "animated WebP" if head[20] & _ANIMATED else None
    return None


def refuse_unsupported(head: bytes, info: MediaInfo | None) -> None:
    """Raise TranscodeError if `head` shows such a format and the probe could not read it.

    `info` is None if the probe failed. A HEIC picture may be stored in tiles, one of which FFmpeg
    would take for the whole picture.
    """
    name = name_of(head)
    if name is None:
        return
    videos = info.of_kind("video") if info else ()
    if len(videos) != 1 or not videos[0].width:
        raise _unsupported(name)


def _unsupported(name: str) -> TranscodeError:
    article = "an" if name[0] in "aA" else "a"
    return refuse(
        FailureReason.UNSUPPORTED_INPUT,
        f"The input is {article} {name}, which this server's FFmpeg cannot read.",
        "The file may be intact: convert it to JPEG, PNG or MP4 first.",
    )
