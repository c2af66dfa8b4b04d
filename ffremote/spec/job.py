"""The job JSON as one frozen model."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from .sections import Audio, Input, Section, Subtitles, Thumbnail, Video
from .types import (
    Filename,
    Identifier,
    LabelKey,
    LabelValue,
    Line,
    MetadataKey,
    StreamMap,
)

ON, OFF = "(on)", "(off)"
"""Tags of the union of a section and `false`; they appear in pydantic's error locations."""


def _tag(value: Any) -> str:
    return OFF if isinstance(value, bool) else ON


VideoSection = Annotated[
    Annotated[Video, Tag(ON)] | Annotated[Literal[False], Tag(OFF)], Discriminator(_tag)
]
AudioSection = Annotated[
    Annotated[Audio, Tag(ON)] | Annotated[Literal[False], Tag(OFF)], Discriminator(_tag)
]


class JobSpec(Section):
    """A validated, frozen job; only `output_filename` is required."""

    output_filename: Filename = Field(
        description="The file name of the result when it is downloaded, without directories.",
        examples=["holiday.mp4"],
    )
    container: Annotated[str, Field(pattern=r"^[a-z0-9]{1,16}$")] | None = Field(
        None,
        description="Container of the result. Default: the extension of `output_filename`, then the"
        " preset's container.",
        examples=["mp4", "mkv", "webm", "mp3"],
    )
    preset: Identifier | None = Field(
        None,
        description="A preset of the server by name. Fields of the job win over its fields.",
        examples=["web-720p"],
    )
    input: Input | None = Field(None, description="The input and the part of it to convert.")
    video: VideoSection | None = Field(
        None, description="How video is encoded; `false` leaves video out."
    )
    audio: AudioSection | None = Field(
        None, description="How audio is encoded; `false` leaves audio out."
    )
    subtitles: Subtitles | None = Field(None, description="How subtitles are handled.")
    streams: Annotated[tuple[StreamMap, ...], Field(max_length=32, strict=False)] | None = Field(
        None,
        description="The streams of the input to take, as FFmpeg stream maps. A final `?` makes the"
        " stream optional. `0:a:m:language:eng` is English audio, `m:title:…` selects by title.",
        examples=[["0:v:0", "0:a:1?", "0:s:m:language:eng?"]],
    )
    metadata: Annotated[dict[MetadataKey, Line], Field(max_length=64)] | None = Field(
        None, description="Metadata tags to set in the result.", examples=[{"title": "Holiday"}]
    )
    strip_metadata: bool | None = Field(
        None, description="Remove the metadata and chapters of the input.", examples=[True]
    )
    thumbnail: Thumbnail | None = Field(
        None, description="Make one still picture; requires an image container."
    )
    extra_args: Annotated[tuple[Line, ...], Field(max_length=64, strict=False)] | None = Field(
        None,
        description="More FFmpeg output options. Each option must be allowed (`options` of"
        " GET /api/v1/capabilities).",
        examples=[["-movflags", "+faststart"]],
    )
    priority: int = Field(
        0, ge=-10, le=10, description="Jobs with a higher priority start earlier.", examples=[5]
    )
    labels: Annotated[dict[LabelKey, LabelValue], Field(max_length=32)] | None = Field(
        None, description="Key-value pairs to find the job by.", examples=[{"film": "42"}]
    )

    @model_validator(mode="after")
    def _check_combinations(self) -> Self:
        source = self.input
        if source and source.duration is not None and source.end is not None:
            raise ValueError("input.duration and input.end exclude each other")
        if source and source.end is not None and source.end <= (source.start or 0):
            raise ValueError("input.end must be after input.start")
        return self

    @property
    def video_options(self) -> Video | None:
        """The video section, or None if it is absent or `false`."""
        return self.video or None

    @property
    def audio_options(self) -> Audio | None:
        """The audio section, or None if it is absent or `false`."""
        return self.audio or None

    def to_json(self) -> str:
        """Return the canonical JSON of the spec, which `load_job` reads."""
        return self.model_dump_json(exclude_none=True, exclude_defaults=True)
