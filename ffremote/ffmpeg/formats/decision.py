"""What is settled about a job before its input is known."""

from dataclasses import dataclass

from ffremote.spec import JobSpec

from ..model.capabilities import Capabilities
from ..policy.extra_args import resolve_extra_args
from ..policy.options import Option
from . import audio as sounds
from . import subtitles
from . import video as pictures
from .availability import check_build
from .containers import Container, choose
from .encoders import COPY


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided about a job before its command lines are written."""

    spec: JobSpec
    options: tuple[Option, ...]
    container: Container
    video_encoder: str | None
    audio_encoder: str | None
    subtitle_encoder: str | None

    @property
    def encoders(self) -> frozenset[str]:
        """The encoders that a worker must have."""
        chosen = (self.video_encoder, self.audio_encoder, self.subtitle_encoder)
        return frozenset(name for name in chosen if name and name != COPY)


def decide(spec: JobSpec, capabilities: Capabilities) -> Choice:
    """Settle what does not depend on the input; raise InvalidArgument for what cannot be."""
    spec, options = resolve_extra_args(spec)
    container = choose(spec)
    video = audio = None
    if container.video and spec.video is not False:
        video = pictures.choose_encoder(spec, container, capabilities)
    if container.audio and spec.audio is not False and not container.is_image:
        audio = sounds.choose_encoder(spec, container, capabilities)
    check_build(spec, options, capabilities)
    return Choice(
        spec,
        options,
        container,
        video,
        audio,
        subtitles.choose_encoder(spec, container, capabilities),
    )
