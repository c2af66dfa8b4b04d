"""The job JSON as one frozen model."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, ValidationInfo, model_validator

from .grammar import read_stream_map
from .input_roles import check_roles, refuse_others_than_media, refuse_without_streams
from .section import Section
from .sections import Audio, Input, Subtitles, Thumbnail, Video
from .types import (
    STORED,
    Filename,
    GraphText,
    Identifier,
    LabelKey,
    LabelValue,
    Line,
    MetadataKey,
    StreamMap,
)

MAX_INPUTS = 16
_ENDS = ("-t", "-to", "-fs", "-frames:v", "-vframes")
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


def _check_times(source: Input, field: str) -> None:
    """Raise ValueError unless the part of the input at `field` has one end, after its start."""
    if source.duration is not None and source.end is not None:
        raise ValueError(f"{field}.duration and {field}.end exclude each other")
    if source.end is not None and source.end <= (source.start or 0):
        raise ValueError(f"{field}.end must be after {field}.start")
    _check_reading(source, field)


def _check_reading(source: Input, field: str) -> None:
    """Raise ValueError for a start that is given twice, or at the very end."""
    if source.end_offset is not None and (source.start is not None or source.end is not None):
        raise ValueError(f"{field}.end_offset and {field}.start or end exclude each other")
    if source.end_offset == 0:
        raise ValueError(f"{field}.end_offset must be greater than 0")


def counted_inputs(count: int) -> str:
    """Return how many inputs a job has, for a message about one that it does not have."""
    if count == 0:
        return "no inputs"
    return "1 input, which is 0" if count == 1 else f"{count} inputs, from 0"


def _repeats_without_end(source: Input) -> bool:
    return source.is_endless and source.duration is None and source.end is None


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
    input: Input | None = Field(
        None,
        description="The input and the part of it to convert: the short form of `inputs` with one"
        " item.",
    )
    inputs: Annotated[tuple[Input, ...], Field(max_length=MAX_INPUTS, strict=False)] | None = Field(
        None,
        description="The inputs in their order, each as `input`, which it excludes. `[]` is a job"
        " without any, whose `graph` makes the result from sources such as `testsrc2`.",
        examples=[[{"start": 10}]],
    )
    video: VideoSection | None = Field(
        None, description="How video is encoded; `false` leaves video out."
    )
    audio: AudioSection | None = Field(
        None, description="How audio is encoded; `false` leaves audio out."
    )
    subtitles: Subtitles | None = Field(None, description="How subtitles are handled.")
    streams: Annotated[tuple[StreamMap, ...], Field(max_length=32, strict=False)] | None = Field(
        None,
        description="The streams to take, as FFmpeg stream maps: `1:a:0` is the first audio of the"
        " second input. A final `?` makes the stream optional, `-0:s` removes streams that earlier"
        " maps chose, `[v]` is an output of `graph`. `0:a:m:language:eng` is English audio,"
        " `m:title:…` selects by title.",
        examples=[["0:v:0", "0:a:1?", "0:s:m:language:eng?"]],
    )
    graph: (
        GraphText
        | Annotated[tuple[GraphText, ...], Field(min_length=1, max_length=32, strict=False)]
        | None
    ) = Field(
        None,
        description="A filter graph over the inputs, as FFmpeg's `-filter_complex`: one text, or a"
        " list of its chains. `streams` takes its outputs by their labels; without `streams` all of"
        " them go into the result. Each filter and parameter must be allowed.",
        examples=["[0:v]split[a][b];[b]hflip[c];[a][c]hstack[v]"],
    )
    concat: Literal["auto", "copy", "encode"] | None = Field(
        None,
        description="Play the inputs one after the other. `encode`: each in the size, the frame"
        " rate, the sample rate and the channels of the first. `copy`: the packets of alike inputs,"
        " which `video.codec` and `audio.codec` may copy into the result. `auto`: `copy` if they"
        " are alike, else `encode`. One video and one audio track are joined.",
        examples=["encode"],
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
    def _check_combinations(self, info: ValidationInfo) -> Self:
        if self.input is not None and self.inputs is not None:
            raise ValueError("inputs and input exclude each other")
        if self.inputs == () and self.graph is None:
            raise ValueError("inputs is empty, which requires a graph of sources such as testsrc2")
        for number, source in enumerate(self.sources):
            _check_times(source, self.source_field(number))
        check_roles(self.sources, self.source_field)
        if (
            info.context is not STORED
        ):  # a job that is read again lacks the options that became fields
            self._check_ends()
        self._check_maps()
        self._check_subtitles()
        self._check_concat()
        return self

    def _check_ends(self) -> None:
        """Raise ValueError for an input without end where nothing in the job can end the result."""
        endless = [n for n, source in enumerate(self.sources) if _repeats_without_end(source)]
        ends = set(_ENDS)
        if len(endless) < len(self.sources):
            ends.add("-shortest")
        if endless and self.graph is None and ends.isdisjoint(self.extra_args or ()):
            field = self.source_field(endless[0])
            raise ValueError(
                f"{field}.loop without end requires {field}.duration or {field}.end, -t in"
                " extra_args, or -shortest there and an input that ends"
            )

    def _check_subtitles(self) -> None:
        """Raise ValueError for subtitles of an input that the job does not have or not burn."""
        part = self.subtitles
        if part is None or part.input is None:
            return
        if part.mode != "burn":
            raise ValueError(
                "subtitles.input requires the mode burn; use streams to keep subtitles"
            )
        if part.input >= len(self.sources):
            count = len(self.sources) or "none"
            raise ValueError(f"subtitles.input names input {part.input}; the job has {count}")
        refuse_without_streams(self.sources, part.input, "subtitles.input")

    def _check_concat(self) -> None:
        """Raise ValueError for joined inputs beside what chooses from separate inputs."""
        if self.concat is None:
            return
        if len(self.sources) < 2:
            raise ValueError("concat requires inputs with at least 2 items")
        for name in ("graph", "thumbnail"):
            if getattr(self, name) is not None:
                raise ValueError(f"concat and {name} exclude each other")
        refuse_others_than_media(self.sources, self.source_field)

    def _check_maps(self) -> None:
        """Raise ValueError for a map of an input or a graph which the job does not have."""
        count = len(self.sources)
        for place, text in enumerate(self.streams or ()):
            parts = read_stream_map(text)
            if parts is None and self.graph is None:
                raise ValueError(f"streams[{place}] names {text}, but the job has no graph")
            if parts is not None and parts.input >= count:
                has = counted_inputs(count)
                raise ValueError(f"streams[{place}] names input {parts.input}; the job has {has}")
            if parts is not None:
                refuse_without_streams(self.sources, parts.input, f"streams[{place}]")

    @property
    def sources(self) -> tuple[Input, ...]:
        """The inputs in their order: none if `inputs` is empty, one if the job names none."""
        return (self.input or Input(),) if self.inputs is None else self.inputs

    def source_field(self, number: int) -> str:
        """Return the field of an input for an error: `inputs[1]`, or `input` for the short form."""
        return "input" if self.inputs is None else f"inputs[{number}]"

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
