"""What a container takes beside film, sound and subtitles: covers, data tracks, attached files."""

from typing import Any

from ..model.media_info import Stream
from ..policy.tables import table
from .containers import Container

_TIMECODE = "tmcd"
_MANY_SOUNDS = frozenset({"ipod", "matroska", "oga", "ogg"})  # of those without pictures


def takes_covers(container: Container) -> bool:
    """Whether pictures can be marked as covers there; in an image every picture is the film."""
    return bool(_row(container).get("covers")) and not container.is_image


def takes_cover_as_is(container: Container, codec: str) -> bool:
    """Whether a cover of this codec goes in unchanged."""
    return codec in _row(container).get("covers", ())


def attaches_covers(container: Container) -> bool:
    """Whether a cover is an attached file there; as a video stream it would become a film."""
    return bool(_row(container).get("attaches_covers"))


def cover_options(container: Container) -> list[str]:
    """Return the options without which the muxer drops covers."""
    return list(_row(container).get("options", ()))


def takes_attachments(container: Container) -> bool:
    """Whether the container holds attached files, such as fonts."""
    return bool(_row(container).get("attachments"))


def takes_data(container: Container, stream: Stream) -> bool:
    """Whether this data track can be copied into the container."""
    known = _row(container).get("data", ())
    return "*" in known or stream.tag in known or stream.codec in known


def known_data(container: Container) -> list[str]:
    """Return the tags of the data tracks that go in; `any` where all do."""
    return ["any" if tag == "*" else tag for tag in _row(container).get("data", ())]


def holds_timecode(container: Container) -> bool:
    """Whether FFmpeg writes a time code track there."""
    return bool(_row(container).get("timecode"))


def data_containers(stream: Stream) -> str:
    """Name containers that take this data track, for a hint."""
    return "mp4 and mov" if stream.tag == "gpmd" else "mov" if stream.tag == _TIMECODE else "ts"


def takes_many_audio_tracks(container: Container) -> bool:
    """Whether a file of this container holds more than one audio track."""
    return container.video is not None or container.muxer in _MANY_SOUNDS


def rewrites_timecode(container: Container, stream: Stream) -> bool:
    """Whether FFmpeg makes this time code track anew, from the tag of the pictures."""
    return stream.tag == _TIMECODE and holds_timecode(container)


def _row(container: Container) -> dict[str, Any]:
    found: dict[str, Any] = table("extras").get(container.muxer, {})
    return found
