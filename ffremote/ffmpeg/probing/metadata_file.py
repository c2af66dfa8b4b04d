"""Reads a file of tags and chapters in FFmpeg's own format, ffmetadata."""

from pathlib import Path

from ffremote.spec.roles import MAX_BYTES
from ffremote.states import FailureReason

from ..model.failure import refuse
from ..model.media_info import MediaInfo

FORMAT = "ffmetadata"
_HEADER = b";FFMETADATA"
_CHAPTER = b"[CHAPTER]"
_MAX_CHAPTERS = 2000


def inspect_metadata(path: Path) -> MediaInfo:
    """Return how many chapters the file has; raise TranscodeError if it is none, or too large."""
    with path.open("rb") as file:
        text = file.read(MAX_BYTES["metadata"] + 1)
    if not text.startswith(_HEADER) or len(text) > MAX_BYTES["metadata"]:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT,
            f"The input is no file of tags: it begins with ;FFMETADATA1 and has at most"
            f" {MAX_BYTES['metadata']} bytes.",
        )
    chapters = text.count(_CHAPTER)
    if chapters > _MAX_CHAPTERS:
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            f"The input has {chapters} chapters; at most {_MAX_CHAPTERS} are supported.",
        )
    return MediaInfo(FORMAT, None, (), chapters=chapters)
