"""Container support for covers, data tracks and attached files."""

from typing import Any

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec

from ..model.media_info import Stream
from ..policy.tables import table
from .containers import Container

_TIMECODE = "tmcd"
# audio-only containers with several tracks
_MANY_AUDIO_TRACKS = frozenset({"ipod", "matroska", "oga", "ogg"})


def takes_covers(container: Container) -> bool:
    """Whether the container has cover pictures; in an image format every picture is video."""
    return bool(_row(container).get("covers")) and not container.is_image


def takes_cover_as_is(container: Container, codec: str) -> bool:
    """Whether a cover of this codec can be copied."""
    return codec in _row(container).get("covers", ())


def attaches_covers(container: Container) -> bool:
    """Whether a cover must be an attached file; as a video stream it would play as video."""
    return bool(_row(container).get("attaches_covers"))


def cover_options(container: Container) -> list[str]:
    """Return the options without which the muxer drops covers."""
    return list(_row(container).get("options", ()))


def takes_attachments(container: Container) -> bool:
    """Whether the container supports attached files, such as fonts."""
    return bool(_row(container).get("attachments"))


def refuse_attachments(spec: JobSpec, container: Container) -> None:
    """Raise InvalidArgument for files to attach to a container that has no attachments."""
    if spec.attachments and not takes_attachments(container):
        raise InvalidArgument(
            "attachments", f"{container.name} cannot hold attached files; mkv and mka can."
        )


def takes_data(container: Container, stream: Stream) -> bool:
    """Whether this data track can be copied into the container."""
    known = _row(container).get("data", ())
    return "*" in known or stream.tag in known or stream.codec in known


def known_data(container: Container) -> list[str]:
    """Return the codec tags of the supported data tracks; `any` stands for all."""
    return ["any" if tag == "*" else tag for tag in _row(container).get("data", ())]


def holds_timecode(container: Container) -> bool:
    """Whether FFmpeg writes time code tracks into the container."""
    return bool(_row(container).get("timecode"))


def data_containers(stream: Stream) -> str:
    """Return the containers that support this data track, for a hint."""
    return "mp4 and mov" if stream.tag == "gpmd" else "mov" if stream.tag == _TIMECODE else "ts"


def takes_many_audio_tracks(container: Container) -> bool:
    """Whether the container supports more than one audio track."""
    return container.video is not None or container.muxer in _MANY_AUDIO_TRACKS


def rewrites_timecode(container: Container, stream: Stream) -> bool:
    """Whether FFmpeg creates this time code track again, from the tag of the video."""
    return stream.tag == _TIMECODE and holds_timecode(container)


def _row(container: Container) -> dict[str, Any]:
    row: dict[str, Any] = table("extras").get(container.muxer, {})
    return row
