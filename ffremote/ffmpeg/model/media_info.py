"""What ffprobe reports about a file, as frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

MADE = -1
"""Stands for the number of the input of a stream that a filter graph makes."""
Origin = tuple[int, int]
"""Where a stream comes from: the number of its input, and its index there."""


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
    level: int | None = None
    """The level of the codec, as ffprobe counts it: 31 is H.264's 3.1."""
    sample_format: str | None = None
    time_base: str | None = None
    """The unit of its time stamps in seconds, such as `1/90000`."""
    header: str | None = None
    """A checksum of the codec's header, which decoders need before the first packet."""
    input: int = 0
    """The number of the job's input that has the stream."""

    @property
    def is_made(self) -> bool:
        """Whether a filter graph makes the stream."""
        return self.input == MADE

    @property
    def origin(self) -> Origin:
        """The input and the index there."""
        return self.input, self.index

    @property
    def specifier(self) -> str:
        """FFmpeg's name of the stream: `0:1`, or `[out0]` for an output of the graph."""
        if self.is_made:
            return f"[out{self.index}]"
        return f"{self.input}:{self.index}"

    @property
    def language(self) -> str | None:
        """The language in the stream's tags; None for `und`, which means unknown."""
        found = self.tags.get("language")
        return None if found == "und" else found

    @property
    def place(self) -> str:
        """The stream in a message: its index, and before it the input if that is not the first."""
        if self.is_made:
            return f"[{self.tag}]" if self.tag else f"output {self.index}"
        return self.specifier if self.input else str(self.index)


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
    dimensions: int | None = None
    """1 or 3 for a LUT, whose `format` is its extension; it has no streams."""
    pictures: int | None = None
    """How many pictures a sequence has."""

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
            {
                key: value
                for key, value in stream.items()
                if value not in (None, (), {}) and key != "input"
            }
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
            dimensions=data.get("dimensions"),
            pictures=data.get("pictures"),
        )


NOTHING = MediaInfo("", None, ())
"""What a job without inputs reads."""


def merge_inputs(infos: Sequence[MediaInfo]) -> MediaInfo:
    """Return the inputs of a job as one, with the streams of all; one input stays as it is.

    Without inputs it is `NOTHING`.

    Tags are those of the first input, and chapters those of the first that has any, which FFmpeg
    takes. What holds for one file only, such as its size, is unknown.
    """
    if len(infos) < 2:
        return infos[0] if infos else NOTHING
    streams = (
        stream if stream.input == number else replace(stream, input=number)
        for number, info in enumerate(infos)
        for stream in info.streams
    )
    return MediaInfo(
        format=infos[0].format,
        duration=None,
        streams=tuple(streams),
        chapters=next((info.chapters for info in infos if info.chapters), 0),
        labels=infos[0].labels,
    )


def is_still(info: MediaInfo) -> bool:
    """Whether the file is one picture: FFmpeg's demuxers of these are `png_pipe`, `jpeg_pipe`, …"""
    return info.format.endswith("_pipe")


def input_name(number: int, count: int) -> str:
    """Return the subject of a message about one of `count` inputs: `The input`, or `Input 1`."""
    return "The input" if count == 1 else f"Input {number}"


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

ORDINARY_PICTURE = MediaInfo(
    format="png_pipe",
    duration=None,
    streams=(Stream(0, "video", "png", 320, 180, 25.0, "rgba"),),
)
"""An ordinary picture to draw on a video."""
