"""The whole job JSON as one frozen model."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from .sections import Audio, Input, Part, Subtitles, Thumbnail, Video
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


def _switch(value: Any) -> str:
    return OFF if isinstance(value, bool) else ON


VideoPart = Annotated[
    Annotated[Video, Tag(ON)] | Annotated[Literal[False], Tag(OFF)], Discriminator(_switch)
]
AudioPart = Annotated[
    Annotated[Audio, Tag(ON)] | Annotated[Literal[False], Tag(OFF)], Discriminator(_switch)
]


class JobSpec(Part):
    """What a client asks for, checked and frozen; only `output_filename` must be given."""

    output_filename: Filename = Field(
        description="The name of the result for the one who downloads it: a bare file name.",
        examples=["holiday.mp4"],
    )
    container: Annotated[str, Field(pattern=r"^[a-z0-9]{1,16}$")] | None = Field(
        None,
        description="Container of the result; not given: the extension of `output_filename`,"
        " then the preset's.",
        examples=["mp4", "mkv", "webm", "mp3"],
    )
    preset: Identifier | None = Field(
        None,
        description="A named preset of the server; the fields of the job win over its fields.",
        examples=["web-720p"],
    )
    input: Input | None = Field(None, description="Which stretch of which input.")
    video: VideoPart | None = Field(
        None, description="How pictures are encoded, or `false` for none."
    )
    audio: AudioPart | None = Field(None, description="How sound is encoded, or `false` for none.")
    subtitles: Subtitles | None = Field(None, description="What becomes of subtitles.")
    streams: Annotated[tuple[StreamMap, ...], Field(max_length=32, strict=False)] | None = Field(
        None,
        description="Exactly these streams of the input, as FFmpeg maps; `?` at the end: if there."
        " `0:a:m:language:eng` is the sound in English, `m:title:…` a stream by its title.",
        examples=[["0:v:0", "0:a:1?", "0:s:m:language:eng?"]],
    )
    metadata: Annotated[dict[MetadataKey, Line], Field(max_length=64)] | None = Field(
        None, description="Metadata of the result.", examples=[{"title": "Holiday"}]
    )
    strip_metadata: bool | None = Field(
        None, description="Leave out the metadata and chapters of the input.", examples=[True]
    )
    thumbnail: Thumbnail | None = Field(
        None, description="Make one picture instead of a film; needs an image container."
    )
    extra_args: Annotated[tuple[Line, ...], Field(max_length=64, strict=False)] | None = Field(
        None,
        description="Further FFmpeg output options, allow-listed one by one (`options` of"
        " GET /api/v1/capabilities).",
        examples=[["-movflags", "+faststart"]],
    )
    priority: int = Field(0, ge=-10, le=10, description="Higher is claimed earlier.", examples=[5])
    labels: Annotated[dict[LabelKey, LabelValue], Field(max_length=32)] | None = Field(
        None, description="Your own words on the job, to find it by.", examples=[{"film": "42"}]
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        part = self.input
        if part and part.duration is not None and part.end is not None:
            raise ValueError("input.duration and input.end exclude each other")
        if part and part.end is not None and part.end <= (part.start or 0):
            raise ValueError("input.end must be after input.start")
        return self

    @property
    def video_options(self) -> Video | None:
        """The video part, or None when it is absent or switched off."""
        return self.video or None

    @property
    def audio_options(self) -> Audio | None:
        """The audio part, or None when it is absent or switched off."""
        return self.audio or None

    def to_json(self) -> str:
        """Write the spec in its one canonical form, which `load_job` reads."""
        return self.model_dump_json(exclude_none=True, exclude_defaults=True)
