"""What ffprobe reports about a file, as frozen values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of a file; a field that does not apply to its kind is None."""

    index: int
    kind: str
    codec: str
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    pix_fmt: str | None = None
    sample_rate: int | None = None
    channels: int | None = None
    duration: float | None = None
    is_default: bool = False
    is_picture: bool = False
    """An attached picture such as a cover, not video."""
    is_forced: bool = False
    start: float | None = None
    """Time stamp of the first packet, in seconds."""
    tag: str | None = None
    """The container's four-letter code of the codec, such as `gpmd` or `tmcd`."""
    profile: str | None = None
    sample_aspect_ratio: str | None = None
    field_order: str | None = None
    color_range: str | None = None
    color_space: str | None = None
    color_transfer: str | None = None
    color_primaries: str | None = None
    channel_layout: str | None = None
    rotation: int | None = None
    """Degrees counter-clockwise, 0 to 359, by which players rotate the picture."""
    base_fps: float | None = None
    """The rate that represents all time stamps exactly; FFmpeg passes it to encoders."""
    dolby_vision: int | None = None
    """The Dolby Vision profile."""
    mastering_display: str | None = None
    """The mastering display in libx265's notation: `G(x,y)B(x,y)R(x,y)WP(x,y)L(max,min)`."""
    content_light: str | None = None
    """Maximum pixel and maximum frame-average light level in cd/m2: `1000,400`."""
    has_captions: bool | None = None
    """Whether the first frame carries closed captions (CEA-608, CEA-708)."""
    side_data: tuple[str, ...] = ()
    """ffprobe's names of the stream's side data, such as `Mastering display metadata`."""
    is_opaque: bool | None = None
    """Whether no frame has transparent pixels although the pixel format has alpha."""
    bytes: int | None = None
    """Size of an attachment or of a codec's header."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """The stream tags that `probe` asks for, with keys in lower case."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a file contains; `duration` is in seconds, None if unknown."""

    format: str
    duration: float | None
    streams: tuple[Stream, ...]
    bytes: int | None = None
    start: float | None = None
    """The earliest time stamp of the file, in seconds."""
    chapters: int = 0
    labels: tuple[str, ...] = ()
    """Names of the file's global tags, such as `artist`, without their values; bounded."""
    declared: float | None = None
    """Duration in the file's header, in seconds, where FFmpeg's `duration` is derived."""
    breaks_off: bool = False
    """Whether the end of the file is missing; detected in some formats only."""
    charset: str | None = None
    """Guessed charset of a text subtitle file that is not UTF-8."""

    def of_kind(self, kind: str) -> tuple[Stream, ...]:
        """Return the streams of a kind (`video`, `audio`, `subtitle`, …) in file order."""
        return tuple(stream for stream in self.streams if stream.kind == kind)

    @property
    def video_streams(self) -> tuple[Stream, ...]:
        """The video streams without attached pictures."""
        return tuple(s for s in self.of_kind("video") if not s.is_picture)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON for a job's row, without unknown fields."""
        data = asdict(self)
        data["streams"] = [
            {key: value for key, value in stream.items() if value not in (None, (), {})}
            for stream in data["streams"]
        ]
        return {
            key: value
            for key, value in data.items()
            if value is not None and value is not False and value != ()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "MediaInfo":
        """Return the value that `to_json` wrote."""
        return cls(
            format=data["format"],
            duration=data.get("duration"),
            streams=tuple(_stream(stream) for stream in data["streams"]),
            bytes=data.get("bytes"),
            start=data.get("start"),
            chapters=data.get("chapters", 0),
            labels=tuple(data.get("labels", ())),
            declared=data.get("declared"),
            breaks_off=data.get("breaks_off", False),
            charset=data.get("charset"),
        )


def _stream(data: Mapping[str, Any]) -> Stream:
    """Return the stream in a row's JSON; keys of a newer version are ignored."""
    known = {each.name for each in fields(Stream)}
    return Stream(**{key: value for key, value in data.items() if key in known})


ORDINARY_INPUT = MediaInfo(
    format="mov,mp4,m4a,3gp,3g2,mj2",
    duration=None,
    streams=(
        Stream(0, "video", "h264", 1920, 1080, 25.0, "yuv420p", is_default=True),
        Stream(1, "audio", "aac", sample_rate=48000, channels=2, is_default=True),
        Stream(2, "subtitle", "subrip"),
    ),
)
"""An ordinary input, to plan a job before its input exists."""
