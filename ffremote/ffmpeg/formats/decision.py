"""Decide what does not depend on the input: options, container, encoders."""

from collections.abc import Iterable
from dataclasses import dataclass

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec

from ..model.capabilities import Capabilities
from ..policy.extra_args import resolve_extra_args
from ..policy.graphs.complex_graph import ComplexGraph
from ..policy.metadata_sources import check_metadata_inputs
from ..policy.muxer_options import refuse_in_package
from ..policy.options import Option
from . import audio, subtitles, video
from .attachments import refuse_attachments
from .availability import PACKAGE_MUXERS, check_build, check_container
from .containers import FORMATS, Container, choose
from .encoders import COPY
from .job_graph import job_graph, refuse_copies, refuse_endless_sources, shares
from .output_errors import under
from .side_files import SideFile

_OFF = ("0", "false")


@dataclass(frozen=True, slots=True)
class Choice:
    """The resolved job: its fields, options without a field, container and encoders."""

    spec: JobSpec
    options: tuple[Option, ...]
    container: Container
    video_encoder: str | None
    audio_encoder: str | None
    subtitle_encoder: str | None
    graph: ComplexGraph | None = None
    """The filter graph over the inputs."""
    offered: frozenset[int] | None = None
    """The numbers of the graph's outputs that this output may take; None for all."""
    files: tuple[SideFile, ...] = ()
    """The inputs without streams; empty until the inputs are known."""
    used_files: frozenset[int] = frozenset()
    """The numbers of those that filters name."""

    @property
    def keeps_last_picture(self) -> bool:
        """Whether each frame replaces the one before it (`-update`), so that the last one stays."""
        return _update(self.options) is not None

    @property
    def is_one_picture(self) -> bool:
        """Whether the result is the first frame."""
        return self.container.is_image and not self.keeps_last_picture and self.spec.package is None

    @property
    def muxer(self) -> str:
        """The muxer of the result; `image2pipe` would write all frames into one file."""
        if self.spec.package is not None:
            return PACKAGE_MUXERS[self.spec.package.type]
        return "image2" if self.keeps_last_picture else self.container.muxer

    @property
    def encoders(self) -> frozenset[str]:
        """The encoders that a worker must have."""
        chosen = (self.video_encoder, self.audio_encoder, self.subtitle_encoder)
        return frozenset(name for name in chosen if name and name != COPY)

    @property
    def needs(self) -> frozenset[str]:
        """What a worker must know besides encoders."""
        return frozenset({FORMATS} if self.container.form else ())


def decide(spec: JobSpec, capabilities: Capabilities) -> tuple[Choice, ...]:
    """Return the choice for each output; raise InvalidArgument if the job is not possible."""
    several = len(spec.products) > 1
    resolved: list[tuple[JobSpec, tuple[Option, ...]]] = []
    for number, product in enumerate(spec.products):
        with under(spec.output_field(number)):
            resolved.append(resolve_extra_args(product, is_one_of_several=several))
    graph = job_graph(spec, resolved)
    offered = shares(spec, graph)
    choices = []
    for number, (product, options) in enumerate(resolved):
        with under(spec.output_field(number)):
            choice = _decide(product, options, graph, capabilities, offered[number])
            choices.append(choice)
    return tuple(choices)


def _decide(
    spec: JobSpec,
    options: tuple[Option, ...],
    graph: ComplexGraph | None,
    capabilities: Capabilities,
    offered: frozenset[int] | None,
) -> Choice:
    container = choose(spec)
    check_container(container, spec, capabilities)
    _check_update(options, container)
    check_metadata_inputs(options, spec)
    if spec.package is not None:
        refuse_in_package(options, spec.package.type)
    video_encoder = audio_encoder = None
    if container.video and spec.video is not False:
        video_encoder = video.choose_encoder(spec, container, capabilities)
    if container.audio and spec.audio is not False and not container.is_image:
        audio_encoder = audio.choose_encoder(spec, container, capabilities)
    if not container.is_image or spec.package is not None:
        refuse_endless_sources(spec, graph, options, offered)
    refuse_copies(graph, offered, video_encoder, audio_encoder)
    refuse_attachments(spec, container)
    check_build(spec, options, capabilities, graph.filters if graph else ())
    return Choice(
        spec,
        options,
        container,
        video_encoder,
        audio_encoder,
        subtitles.choose_encoder(spec, container, capabilities),
        graph,
        offered,
    )


def _update(options: Iterable[Option]) -> Option | None:
    return next((o for o in options if o.name == "update" and o.value not in _OFF), None)


def _check_update(options: Iterable[Option], container: Container) -> None:
    """Raise InvalidArgument for -update where the result is no picture of one frame."""
    update = _update(options)
    if update is not None and container.muxer != "image2pipe":
        raise InvalidArgument(
            update.field,
            f"-update is for a single picture (png, jpg, bmp, tiff), and not for {container.name}.",
        )
