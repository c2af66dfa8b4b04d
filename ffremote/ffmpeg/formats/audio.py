"""Audio options and filters of a command line."""

from ffremote.errors import InvalidArgument
from ffremote.spec import Audio, JobSpec, Loudness
from ffremote.spec.types import bitrate_text, number_text

from ..model.capabilities import Capabilities
from ..policy.filtergraph import Filter, Graph, read_graph
from .containers import Container, cannot_hold
from .encoders import COPY, choose, codec_of, rules_of
from .video import job_filters

_NOT_WITH_COPY = (
    *("bitrate", "quality", "sample_rate", "channels", "volume", "loudness", "filters", "mix"),
)
# FFmpeg calls these experimental and requires -strict experimental
_EXPERIMENTAL = frozenset({"dca", "mlp", "opus", "truehd", "vorbis"})


def choose_encoder(spec: JobSpec, container: Container, capabilities: Capabilities) -> str:
    """Return the audio encoder of the job; raise InvalidArgument if the container refuses it."""
    audio = spec.audio_options or Audio()
    name = audio.codec or container.default("audio")
    assert name is not None, container.name
    encoder = choose(name, "audio", "audio.codec", capabilities)
    _check_rate_control(audio)
    if encoder == COPY:
        for key in _NOT_WITH_COPY:
            if getattr(audio, key) is not None:
                raise InvalidArgument(
                    f"audio.{key}", f"audio.{key} requires encoding, but audio.codec is copy."
                )
        return encoder
    codec = codec_of(encoder, capabilities)
    if not container.takes("audio", codec):
        raise InvalidArgument(
            "audio.codec",
            cannot_hold(container.name, "audio", codec),
        )
    return encoder


def _check_rate_control(audio: Audio) -> None:
    if audio.bitrate is not None and audio.quality is not None:
        raise InvalidArgument(
            "audio.quality", "audio.quality and audio.bitrate exclude each other."
        )


def encoding(audio: Audio, encoder: str) -> list[str]:
    """Return the options of the encoder."""
    argv = ["-c:a", encoder]
    if encoder == COPY:
        return argv
    _check_rate_control(audio)
    if audio.bitrate is not None:
        argv += ["-b:a", bitrate_text(audio.bitrate)]
    if audio.quality is not None:
        argv += _quality(audio.quality, encoder)
    # loudnorm upsamples to 192 kHz and would leave the result at that rate
    rate = audio.sample_rate or (48000 if audio.loudness is not None else None)
    if rate:
        argv += ["-ar", str(rate)]
    if audio.channels is not None:
        argv += ["-ac", str(audio.channels)]
    if encoder in _EXPERIMENTAL:
        argv += ["-strict:a", "experimental"]
    return argv


def _quality(quality: float, encoder: str) -> list[str]:
    rules = rules_of(encoder)
    if "quality" not in rules:
        raise InvalidArgument(
            "audio.quality", f"{encoder} does not support quality; use audio.bitrate."
        )
    low, high = rules["quality"]
    if not low <= quality <= high:
        raise InvalidArgument(
            "audio.quality",
            f"audio.quality is {number_text(quality)}, but {encoder} accepts {low} to {high}.",
        )
    return [rules.get("quality_option", "-q:a"), number_text(quality)]


def chain(audio: Audio) -> list[Graph]:
    """Return the filters of the fields, then those of `audio.filters`; loudness comes later."""
    volume = volume_filter(audio.volume)
    graphs = [Graph((tuple(volume),))] if volume else []
    return graphs + job_filters(audio.filters or (), "audio.filters", "a")


def volume_filter(volume: str | float | None) -> list[Filter]:
    """Return the filter for a factor or decibels, none for None."""
    if volume is None:
        return []
    text = volume if isinstance(volume, str) else number_text(volume)
    return list(read_graph(f"volume=volume={text.lstrip('+')}").filters)


def loudness_target(audio: Audio | None) -> Loudness | None:
    """Return the loudness target, or None if there is none."""
    if audio is None or audio.loudness is None:
        return None
    if isinstance(audio.loudness, Loudness):
        return audio.loudness
    return Loudness(integrated=audio.loudness)


def loudnorm(target: Loudness) -> str:
    """Return the filter that measures the loudness; with more parameters it corrects it."""
    return (
        f"loudnorm=I={number_text(target.integrated)}:TP={number_text(target.true_peak)}"
        f":LRA={number_text(target.range)}"
    )
