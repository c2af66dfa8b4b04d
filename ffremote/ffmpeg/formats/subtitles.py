"""Subtitle options of a command line."""

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
    """Return the subtitle encoder, `copy`, or None if it depends on each stream.

    Raise InvalidArgument if the container refuses it.
    """
    section = spec.subtitles
    if container.subtitle is None:
        if section is not None and section.mode in ("copy", "convert"):
            raise InvalidArgument("subtitles.mode", f"{container.name} cannot hold subtitles.")
        return None
    is_text_file = container.video is None and container.audio is None
    if (section is None and not is_text_file) or (section and section.mode in ("burn", "drop")):
        return None
    if section is not None and section.mode == "copy":
        return COPY
    name = (section.codec if section else None) or container.subtitle
    encoder = choose(name, "subtitle", "subtitles.codec", capabilities)
    codec = codec_of(encoder, capabilities)
    if encoder != COPY and not container.takes("subtitle", codec):
        raise InvalidArgument(
            "subtitles.codec",
            cannot_hold(container.name, "subtitle", codec),
        )
    return encoder


def encoder_for(codec: str, encoder: str | None, container: Container) -> str | None:
    """Return `copy` or the encoder for subtitles of this codec, or None if neither is possible.

    Without an encoder, or with `copy`, codecs of the container are copied and others converted to
    the container's default.
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
                f"Subtitles of the codec {stream.codec} cannot be converted to"
                f" {container.subtitle if encoder in (None, COPY) else encoder}.",
                "Bitmap subtitles cannot be converted to text, nor text to bitmaps; use"
                " subtitles.mode burn, or copy into mkv.",
            )
        if encoder == COPY and chosen != COPY:
            warnings.append(
                f"{container.name} cannot hold {stream.codec} subtitles; they are converted to"
                f" {chosen}."
            )
        argv += [f"-c:s:{place}", chosen]
    return argv, warnings
