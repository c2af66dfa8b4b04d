"""What is settled about a job before its input is known."""

from dataclasses import dataclass

from ffremote.spec import JobSpec

from . import pictures, sounds, texts
from .build import check_build
from .capabilities import Capabilities
from .containers import Container, choose
from .encoders import COPY
from .lift import lift
from .options import Option


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
    spec, options = lift(spec)
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
        texts.choose_encoder(spec, container, capabilities),
    )
