"""Formats that are known by their first bytes, and that this FFmpeg does not read."""

from ffremote.states import FailureReason

from ..model.failure import TranscodeError, refuse
from ..model.media_info import MediaInfo

HEAD_BYTES = 64
_HEIF = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1"), "HEIC"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
}
_ANIMATED = 0x02  # of the flags in the chunk VP8X


def name_of(head: bytes) -> str | None:
    """Return the name of a format that many FFmpegs do not read, or None for any other."""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF:
        return f"{_HEIF[head[8:12]]} picture"
    if head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and head[20:21]:
        return "animated WebP" if head[20] & _ANIMATED else None
    return None


def refuse_unread(head: bytes, info: MediaInfo | None) -> None:
    """Raise TranscodeError where `head` names such a format and the probe could not read it.

    `info` is None where the probe failed. A HEIC picture may be stored in tiles, of which FFmpeg
    would take one for the whole.
    """
    name = name_of(head)
    if name is None:
        return
    films = info.of_kind("video") if info else ()
    if len(films) != 1 or not films[0].width:
        raise unread(name)


def unread(name: str) -> TranscodeError:
    """Make the refusal."""
    article = "an" if name[0] in "aA" else "a"
    return refuse(
        FailureReason.UNSUPPORTED_INPUT,
        f"The input is {article} {name}, which this server's FFmpeg does not read.",
        "The file need not be damaged: convert it to JPEG, PNG or MP4 first.",
    )
