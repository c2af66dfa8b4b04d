"""The job JSON as one frozen model."""

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from . import checks
from . import output as keys
from .audio import Audio
from .decoding import check_decoding
from .input_roles import check_roles
from .named_inputs import laid_over, named_inputs
from .output import Output
from .section import Section
from .sections import Input, Video, WorkerChoice
from .types import STORED, GraphText, LabelKey, LabelValue

MAX_INPUTS = 16
MAX_OUTPUTS = 8


class JobSpec(Section):
    """A validated, frozen job; only `output_filename` or `outputs` is required."""

    output_filename: keys.OutputFilename = ""
    container: keys.ContainerName = None
    preset: keys.PresetName = None
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
    video: keys.VideoSection = None
    audio: keys.AudioSection = None
    subtitles: keys.SubtitlesSection = None
    overlays: keys.Overlays = None
    attachments: keys.Attachments = None
    streams: keys.StreamMaps = None
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
    metadata: keys.Metadata = None
    strip_metadata: keys.StripMetadata = None
    thumbnail: keys.ThumbnailSection = None
    package: keys.PackageSection = None
    extra_args: keys.ExtraArgs = None
    outputs: (
        Annotated[tuple[Output, ...], Field(min_length=1, max_length=MAX_OUTPUTS, strict=False)]
        | None
    ) = Field(
        None,
        description="Several outputs in their order, each with the keys that a job has for its only"
        " output, which `outputs` excludes. They are encoded together: the inputs are read once.",
        examples=[
            [
                {"output_filename": "film.mp4", "video": {"codec": "h264"}},
                {"output_filename": "sound.mp3"},
            ]
        ],
    )
    probe: Literal[True] | None = Field(
        None,
        description="Only describe the inputs: `input` of the job has what each holds, and its log"
        " what FFmpeg prints about it. There is no result; keys for one are refused.",
        examples=[True],
    )
    overlap: Literal["auto", "off"] = Field(
        "auto",
        description="`auto`: the job may begin while its input arrives, where the result is the"
        " same. `off`: it waits for the whole input.",
        examples=["off"],
    )
    priority: int = Field(
        0, ge=-10, le=10, description="Jobs with a higher priority start earlier.", examples=[5]
    )
    worker: WorkerChoice | None = Field(None, description="Which workers may run the job.")
    labels: Annotated[dict[LabelKey, LabelValue], Field(max_length=32)] | None = Field(
        None, description="Key-value pairs to find the job by.", examples=[{"film": "42"}]
    )

    @model_validator(mode="after")
    def _check_combinations(self, info: ValidationInfo) -> Self:
        if self.input is not None and self.inputs is not None:
            raise ValueError("inputs and input exclude each other")
        if self.inputs == () and self.graph is None:
            raise ValueError("inputs is empty, which requires a graph of sources such as testsrc2")
        if self.probe:
            checks.check_probe(self)
        else:
            self._check_outputs()
        for number, source in enumerate(self.sources):
            checks.check_times(source, self.source_field(number))
            check_decoding(source, self.source_field(number))
        check_roles(self.sources, self.source_field)
        for number, each in enumerate(self.products):
            field = self.output_field(number)
            if info.context is not STORED:  # a stored job lacks the options that became fields
                checks.check_ends(each)
            checks.check_maps(each, field)
            checks.check_named_inputs(each, field)
            checks.check_package(each, field)
        checks.check_concat(self)
        checks.check_excerpts(self)
        return self

    def _check_outputs(self) -> None:
        """Raise ValueError for a job without output, with both forms, or with a name twice."""
        if self.outputs is None:
            if not self.output_filename:
                raise ValueError("output_filename is required")
            return
        given = (key for key in Output.model_fields if getattr(self, key) not in (None, ""))
        other = next(given, None)
        if other is not None:
            raise ValueError(f"outputs and {other} exclude each other: write {other} in an output")
        seen: dict[str, int] = {}
        for number, each in enumerate(self.outputs):
            first = seen.setdefault(each.output_filename.casefold(), number)
            if first != number:
                raise ValueError(
                    f"outputs[{number}].output_filename is that of outputs[{first}], too"
                )

    @property
    def sources(self) -> tuple[Input, ...]:
        """The inputs in their order: none if `inputs` is empty, one if the job names none."""
        return (self.input or Input(),) if self.inputs is None else self.inputs

    def source_field(self, number: int) -> str:
        """Return the field of an input for an error: `inputs[1]`, or `input` for the short form."""
        return "input" if self.inputs is None else f"inputs[{number}]"

    @property
    def products(self) -> tuple["JobSpec", ...]:
        """The job as one job for each output, all with the same inputs and graph; at least one."""
        if self.outputs is None:
            return (self,)
        own = [{key: getattr(each, key) for key in Output.model_fields} for each in self.outputs]
        return tuple(self.model_copy(update={**keys, "outputs": None}) for keys in own)

    def output_field(self, number: int) -> str:
        """Return what is before an output's keys in an error: `outputs[1].`, nothing for one."""
        return "" if self.outputs is None else f"outputs[{number}]."

    @property
    def name(self) -> str:
        """The file name of the first output."""
        return self.outputs[0].output_filename if self.outputs else self.output_filename

    @property
    def named_inputs(self) -> dict[str, int]:
        """The inputs that keys of the job name, by the key, such as `overlays[0].input`."""
        layers = (self.overlays or (), self.attachments or ())
        return named_inputs(self.audio_options, self.subtitles, *layers)

    @property
    def apart(self) -> frozenset[int]:
        """The inputs of which only what a key names is taken by default: all named but input 0."""
        return frozenset(self.named_inputs.values()) - {0}

    @property
    def laid_over(self) -> frozenset[int]:
        """The inputs that are only laid over others, with which they end."""
        return laid_over(self.named_inputs)

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
