"""The containers of results: names, default codecs, supported codecs."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePosixPath
from typing import Any, get_args

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec, Package
from ffremote.spec.packages.package import SegmentContainer

from ..model.planned_output import Form, OutputKind
from ..policy.tables import table

FORMATS = "formats"
"""Among the needs of a job whose container has a `form`: earlier versions know none of these."""
NO_FILE = "null"
"""The container of a report; never by the extension of a name."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container by its name in jobs; `video`, `audio`, `subtitle` are its default encoders.

    A default of None means that it has no such streams; codecs of None mean any codec.
    """

    name: str
    muxer: str
    extension: str
    video: str | None
    audio: str | None
    subtitle: str | None
    video_codecs: tuple[str, ...] | None
    audio_codecs: tuple[str, ...] | None
    subtitle_codecs: tuple[str, ...] | None
    is_image: bool
    demuxer: str | None
    """The demuxer for an image; FFmpeg would read its name as a pattern of many files."""
    has_faststart: bool
    form: Form | None = None
    """What proves that a result is complete, where ffprobe does not; None is ffprobe."""

    @property
    def makes_no_file(self) -> bool:
        """Whether it throws everything away, so that only FFmpeg's messages remain."""
        return self.name == NO_FILE

    @property
    def output_kind(self) -> OutputKind:
        """What an output of this container is on the disk, unless it is a package."""
        return OutputKind.NONE if self.makes_no_file else OutputKind.FILE

    def default(self, kind: str) -> str | None:
        """Return the default encoder of streams of `kind`, None if it has no such streams."""
        encoder: str | None = getattr(self, kind)
        return encoder

    @property
    def shows_covers(self) -> bool:
        """Whether a cover, where there is no film, is what it shows."""
        return self.is_image or self.form not in (None, Form.SAMPLES, Form.TAGS)

    @property
    def is_without_streams(self) -> bool:
        """Whether it holds only what files say of themselves."""
        return not (self.video or self.audio or self.subtitle)

    def takes(self, kind: str, codec: str) -> bool:
        """Whether the container supports a stream of this codec."""
        if self.default(kind) is None:
            return False
        codecs: tuple[str, ...] | None = getattr(self, f"{kind}_codecs")
        return codecs is None or codec in codecs


@cache
def container(name: str) -> Container:
    """Return the container `name`; raise KeyError if it is not in the table."""
    row: dict[str, Any] = table("containers")[name]

    def codecs(kind: str) -> tuple[str, ...] | None:
        listed = row.get(f"{kind}_codecs")
        return None if listed is None else tuple(listed)

    return Container(
        name=name,
        muxer=row["muxer"],
        extension=row["extension"],
        video=row["video"],
        audio=row["audio"],
        subtitle=row["subtitle"],
        video_codecs=codecs("video"),
        audio_codecs=codecs("audio"),
        subtitle_codecs=codecs("subtitle"),
        is_image=row.get("image", False),
        demuxer=row.get("demuxer"),
        has_faststart=row.get("faststart", False),
        form=Form(row["form"]) if "form" in row else None,
    )


def choose(spec: JobSpec) -> Container:
    """Return the container of the job: `container`, else the extension of `output_filename`.

    That of a package is the container of its segments or pictures. Raise InvalidArgument if it is
    missing or not supported.
    """
    extension = PurePosixPath(spec.output_filename).suffix[1:].lower()
    if spec.package is not None:
        return _of_package(spec.package, extension)
    name, field = (
        (spec.container, "container") if spec.container else (extension, "output_filename")
    )
    if name in container_extensions() or spec.container == NO_FILE:
        return container(name)
    known = f"Supported: {', '.join(sorted(table('containers')))}."
    if not name:
        raise InvalidArgument(
            field,
            f"The output name {spec.output_filename!r} has no extension, so the container is"
            f" unknown. Add one, or set `container`. {known}",
        )
    raise InvalidArgument(field, f"Unsupported container {name!r}. {known}")


def _of_package(package: Package, extension: str) -> Container:
    if package.is_of_pictures:
        return container(package.format or "jpg")
    if package.is_for_players:
        return _for_players(package)
    known = get_args(SegmentContainer)
    return container(package.container or (extension if extension in known else "mp4"))


def _for_players(package: Package) -> Container:
    base = container("mp4" if package.type == "dash" or package.segment_type == "fmp4" else "ts")
    return replace(
        base,
        subtitle=None,
        video_codecs=_PLAYED_VIDEO[base.name],
        audio_codecs=_PLAYED_AUDIO[base.name],
        has_faststart=False,
    )


_PLAYED_VIDEO = {"ts": ("h264", "hevc"), "mp4": ("h264", "hevc", "av1", "vp9")}
_PLAYED_AUDIO = {"ts": ("aac", "mp3", "ac3", "eac3"), "mp4": ("aac", "ac3", "eac3", "flac", "opus")}


def container_extensions() -> frozenset[str]:
    """Return the names of the containers that are also file extensions."""
    return frozenset(table("containers")) - {NO_FILE}


def cannot_hold(name: str, kind: str, codec: str) -> str:
    """Return the message for a codec that the container does not support."""
    return f"{name} cannot hold {codec}. Containers that can: {containers_for(kind, codec)}."


def container_names(muxers: Collection[str]) -> list[str]:
    """Return the containers that these muxers write, by their names in jobs, sorted."""
    return sorted(name for name, row in table("containers").items() if row["muxer"] in muxers)


def usable_muxers(muxers: Collection[str]) -> list[str]:
    """Return the given muxers that a job may use, sorted."""
    return sorted({row["muxer"] for row in table("containers").values()} & set(muxers))


def containers_for(kind: str, codec: str) -> str:
    """Return up to eight containers that support a codec, for a hint."""
    found = [name for name in table("containers") if container(name).takes(kind, codec)]
    return ", ".join(found[:8]) or "none"
