"""The subtitle options of a command line."""

from collections.abc import Sequence

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec
from ffremote.states import FailureReason

from ..model.capabilities import Capabilities
from ..model.failure import refuse
from ..model.media_info import Stream
from .containers import Container, cannot_hold
from .encoders import COPY, choose, codec_of

BITMAP_SUBTITLES = frozenset({"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"})
_BITMAP_ENCODERS = frozenset({"dvbsub", "dvdsub"})


def choose_encoder(spec: JobSpec, container: Container, capabilities: Capabilities) -> str | None:
    """Return the subtitle encoder, `copy`, or None where the job leaves it to each stream."""
    part = spec.subtitles
    if container.subtitle is None:
        if part is not None and part.mode in ("copy", "convert"):
            raise InvalidArgument("subtitles.mode", f"{container.name} cannot hold subtitles.")
        return None
    only = container.video is None and container.audio is None
    if (part is None and not only) or (part is not None and part.mode in ("burn", "drop")):
        return None
    if part is not None and part.mode == "copy":
        return COPY
    name = (part.codec if part else None) or container.subtitle
    encoder = choose(name, "subtitle", "subtitles.codec", capabilities)
    codec = codec_of(encoder, capabilities)
    if encoder != COPY and not container.takes("subtitle", codec):
        raise InvalidArgument(
            "subtitles.codec",
            cannot_hold(container.name, "subtitle", codec),
        )
    return encoder


def encoder_for(codec: str, encoder: str | None, container: Container) -> str | None:
    """Return `copy` or the encoder for subtitles of this codec, or None where neither is possible.

    Where the job names no encoder, or `copy`, what fits is copied, and the rest becomes what the
    container takes by default.
    """
    if encoder is None or encoder == COPY:
        if container.takes("subtitle", codec):
            return COPY
        encoder = container.subtitle
    if encoder is None or (codec in BITMAP_SUBTITLES) != (encoder in _BITMAP_ENCODERS):
        return None
    return encoder


def encoding(
    encoder: str | None, container: Container, streams: Sequence[Stream]
) -> tuple[list[str], list[str]]:
    """Return the options for the chosen subtitles, and warnings."""
    argv, warnings = [], []
    for place, stream in enumerate(streams):
        chosen = encoder_for(stream.codec, encoder, container)
        if chosen is None:
            raise refuse(
                FailureReason.INCOMPATIBLE_CONTAINER,
                f"Subtitles of the codec {stream.codec} cannot become"
                f" {container.subtitle if encoder in (None, COPY) else encoder}.",
                "Pictures do not become text, nor text pictures; use subtitles.mode burn, or copy"
                " into mkv.",
            )
        if encoder == COPY and chosen != COPY:
            warnings.append(
                f"{container.name} cannot hold {stream.codec} subtitles; they are converted to"
                f" {chosen}."
            )
        argv += [f"-c:s:{place}", chosen]
    return argv, warnings
