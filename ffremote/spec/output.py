"""The keys of one output of a job, and the section for one of several outputs."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from .audio import Audio
from .layers import Attachment, Overlay
from .packages.package import Package
from .section import Section
from .sections import Subtitles, Thumbnail, Video
from .types import Filename, Identifier, Line, MetadataKey, StreamMap

ON, OFF = "(on)", "(off)"
"""Tags of the union of a section and `false`; they appear in pydantic's error locations."""


def _tag(value: Any) -> str:
    return OFF if isinstance(value, bool) else ON


# strict=False: JSON has lists where the model has tuples
OutputFilename = Annotated[
    Filename,
    Field(
        description="The file name of the result when it is downloaded, without directories.",
        examples=["holiday.mp4"],
    ),
]
ContainerName = Annotated[
    Annotated[str, Field(pattern=r"^[a-z0-9]{1,16}$")] | None,
    Field(
        description="Container of the result. Default: the extension of `output_filename`, then the"
        " preset's container. Without a header: `s16le` and other raw sound, `rawvideo`,"
        " `image2pipe`; checksums: `md5`, `hash`, `framemd5`, …; tags as text: `ffmetadata`."
        " `null` makes no file: what FFmpeg found is in the job's log, and what filters measured"
        " (loudness, silences, cuts and so on) in its `measurements`.",
        examples=["mp4", "mkv", "webm", "mp3", "null"],
    ),
]
PresetName = Annotated[
    Identifier | None,
    Field(
        description="A preset of the server by name. Fields of the job win over its fields.",
        examples=["web-720p"],
    ),
]
VideoSection = Annotated[
    Annotated[Annotated[Video, Tag(ON)] | Annotated[Literal[False], Tag(OFF)], Discriminator(_tag)]
    | None,
    Field(description="How video is encoded; `false` leaves video out."),
]
AudioSection = Annotated[
    Annotated[Annotated[Audio, Tag(ON)] | Annotated[Literal[False], Tag(OFF)], Discriminator(_tag)]
    | None,
    Field(description="How audio is encoded; `false` leaves audio out."),
]
SubtitlesSection = Annotated[Subtitles | None, Field(description="How subtitles are handled.")]
Overlays = Annotated[
    Annotated[tuple[Overlay, ...], Field(min_length=1, max_length=8, strict=False)] | None,
    Field(
        description="Pictures and clips to draw on the video, the later ones on top. They are drawn"
        " last, on the picture as `video` makes it.",
        examples=[[{"input": 1, "place": "bottom-right", "margin": 10}]],
    ),
]
Attachments = Annotated[
    Annotated[tuple[Attachment, ...], Field(min_length=1, max_length=15, strict=False)] | None,
    Field(
        description="Fonts and pictures to attach to a Matroska file, beside the attachments that"
        " `streams` keeps.",
        examples=[[{"input": 1, "filename": "DejaVuSans.ttf"}]],
    ),
]
StreamMaps = Annotated[
    Annotated[tuple[StreamMap, ...], Field(max_length=32, strict=False)] | None,
    Field(
        description="The streams to take, as FFmpeg stream maps: `1:a:0` is the first audio of the"
        " second input. A final `?` makes the stream optional, `-0:s` removes streams that earlier"
        " maps chose, `[v]` is an output of `graph`. `0:a:m:language:eng` is English audio,"
        " `m:title:…` selects by title.",
        examples=[["0:v:0", "0:a:1?", "0:s:m:language:eng?"]],
    ),
]
Metadata = Annotated[
    Annotated[dict[MetadataKey, Line], Field(max_length=64)] | None,
    Field(description="Metadata tags to set in the result.", examples=[{"title": "Holiday"}]),
]
StripMetadata = Annotated[
    bool | None,
    Field(description="Remove the metadata and chapters of the input.", examples=[True]),
]
ThumbnailSection = Annotated[
    Thumbnail | None, Field(description="Make one still picture; requires an image container.")
]
PackageSection = Annotated[Package | None, Field(description="Make many files instead of one.")]
ExtraArgs = Annotated[
    Annotated[tuple[Line, ...], Field(max_length=64, strict=False)] | None,
    Field(
        description="More FFmpeg output options. Each option must be allowed (`options` of"
        " GET /api/v1/capabilities).",
        examples=[["-movflags", "+faststart"]],
    ),
]


class Output(Section):
    """One of several outputs; its keys are those that the job has for its only output."""

    output_filename: OutputFilename
    container: ContainerName = None
    preset: PresetName = None
    video: VideoSection = None
    audio: AudioSection = None
    subtitles: SubtitlesSection = None
    overlays: Overlays = None
    attachments: Attachments = None
    streams: StreamMaps = None
    metadata: Metadata = None
    strip_metadata: StripMetadata = None
    thumbnail: ThumbnailSection = None
    package: PackageSection = None
    extra_args: ExtraArgs = None
