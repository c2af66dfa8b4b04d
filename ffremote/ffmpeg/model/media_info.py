"""What ffprobe says about a file, as frozen values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of a file; what does not fit its kind is None."""

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
    """A cover or another still that is attached, not a film."""
    is_forced: bool = False
    start: float | None = None
    """Seconds; the time stamp of the stream's first packet."""
    tag: str | None = None
    """The container's four letters for the codec, such as `gpmd` or `tmcd`."""
    profile: str | None = None
    sample_aspect_ratio: str | None = None
    field_order: str | None = None
    color_range: str | None = None
    color_space: str | None = None
    color_transfer: str | None = None
    color_primaries: str | None = None
    channel_layout: str | None = None
    rotation: int | None = None
    """Degrees counter-clockwise by which players turn the pictures, 0 to 359."""
    base_fps: float | None = None
    """The rate in which all time stamps can be written; FFmpeg tells it to encoders."""
    dolby_vision: int | None = None
    """The profile of Dolby Vision."""
    mastering_display: str | None = None
    """The display of the mastering, as libx265 writes it: `G(x,y)B(x,y)R(x,y)WP(x,y)L(max,min)`."""
    content_light: str | None = None
    """The brightest pixel and the brightest average of a picture, in cd/m2: `1000,400`."""
    has_captions: bool | None = None
    """The first picture carries closed captions (CEA-608, CEA-708)."""
    side_data: tuple[str, ...] = ()
    """ffprobe's names of the stream's side data, such as `Mastering display metadata`."""
    is_opaque: bool | None = None
    """No picture is transparent anywhere, although the pixel format allows it."""
    bytes: int | None = None
    """Of what is attached, and of a codec's header."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Of the stream's tags those that `probe` asks for, keys in lower case."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a file holds. `duration` is None where the file does not say."""

    format: str
    duration: float | None
    streams: tuple[Stream, ...]
    bytes: int | None = None
    start: float | None = None
    """Seconds; the earliest time stamp of the file."""
    chapters: int = 0
    labels: tuple[str, ...] = ()
    """Names of the tags of the file as a whole, such as `artist`; bounded, without the words."""
    declared: float | None = None
    """Seconds by the file's own header, where `duration` is what FFmpeg makes of it."""
    breaks_off: bool = False
    """The end of the file is not there; known of some formats only."""
    charset: str | None = None
    """What a text subtitle file is written in, where that is not UTF-8; only a guess."""

    def of_kind(self, kind: str) -> tuple[Stream, ...]:
        """Return the streams of `video`, `audio`, `subtitle`, …, in the order of the file."""
        return tuple(stream for stream in self.streams if stream.kind == kind)

    @property
    def video_streams(self) -> tuple[Stream, ...]:
        """The video streams that are no attached pictures."""
        return tuple(s for s in self.of_kind("video") if not s.is_picture)

    def to_json(self) -> dict[str, Any]:
        """Return JSON for a job's row, without what is unknown."""
        shown = asdict(self)
        shown["streams"] = [
            {key: value for key, value in stream.items() if value not in (None, (), {})}
            for stream in shown["streams"]
        ]
        return {
            key: value
            for key, value in shown.items()
            if value is not None and value is not False and value != ()
        }

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> "MediaInfo":
        """Read back what `to_json` wrote."""
        return cls(
            format=shown["format"],
            duration=shown.get("duration"),
            streams=tuple(_stream(stream) for stream in shown["streams"]),
            bytes=shown.get("bytes"),
            start=shown.get("start"),
            chapters=shown.get("chapters", 0),
            labels=tuple(shown.get("labels", ())),
            declared=shown.get("declared"),
            breaks_off=shown.get("breaks_off", False),
            charset=shown.get("charset"),
        )


def _stream(shown: Mapping[str, Any]) -> Stream:
    """Build a stream from a row's JSON; keys of a newer version are left out."""
    known = {each.name for each in fields(Stream)}
    return Stream(**{key: value for key, value in shown.items() if key in known})


ORDINARY_INPUT = MediaInfo(
    format="mov,mp4,m4a,3gp,3g2,mj2",
    duration=None,
    streams=(
        Stream(0, "video", "h264", 1920, 1080, 25.0, "yuv420p", is_default=True),
        Stream(1, "audio", "aac", sample_rate=48000, channels=2, is_default=True),
        Stream(2, "subtitle", "subrip"),
    ),
)
"""An ordinary film, for what is asked before there is an input."""
