"""Encodes the audio that a preset would copy but the container cannot hold; pure."""

from ffremote.states import FailureReason

from ..formats.containers import Container
from ..formats.decision import Choice
from ..formats.encoders import COPY, choose
from ..model.capabilities import Capabilities
from ..model.failure import refuse
from ..model.media_info import Stream

# codecs with an identifier in Matroska, its own or that of WAV; the table allows encoders more
_NAMES = """
    aac ac3 adpcm_g722 adpcm_g726 adpcm_ima_wav adpcm_ms adpcm_swf adpcm_yamaha alac amr_nb amr_wb
    atrac3 atrac3p cook dfpwm dts eac3 flac g723_1 g729 gsm_ms mlp mp1 mp2 mp3 opus pcm_alaw
    pcm_f32le pcm_f64le pcm_mulaw pcm_s16be pcm_s16le pcm_s24be pcm_s24le pcm_s32be pcm_s32le
    pcm_s64le pcm_u8 qdm2 ra_144 ra_288 ralf sipr speex truehd truespeech tta vorbis wavpack
    wmalossless wmapro wmav1 wmav2 wmavoice
"""
_IN_MATROSKA = frozenset(_NAMES.split())
# codecs deeper than the 24 bits of FLAC
_DEEPER = {
    "pcm_f16le": "pcm_f32le",
    "pcm_f24le": "pcm_f32le",
    "pcm_f32be": "pcm_f32le",
    "pcm_f64be": "pcm_f64le",
    "pcm_u32be": "pcm_s32le",
    "pcm_u32le": "pcm_s32le",
}
_FLAC_CHANNELS = 8


def reencode_incompatible(
    choice: Choice, streams: tuple[Stream, ...], capabilities: Capabilities
) -> tuple[list[str], list[str]]:
    """Return the encoder options for the tracks that cannot be copied, and a warning for each.

    Only the copy of a preset is replaced: a job without a preset asks for the copy explicitly.
    Raises TranscodeError if such a track cannot be decoded either.
    """
    argv: list[str] = []
    warnings: list[str] = []
    if choice.spec.preset is None or choice.audio_encoder != COPY:
        return argv, warnings
    for position, stream in enumerate(streams):
        if _holds(choice.container, stream.codec):
            continue
        if stream.codec not in capabilities.decoders:
            raise refuse(
                FailureReason.UNSUPPORTED_INPUT,
                f"{choice.container.name} cannot hold the audio codec {stream.codec}, and this"
                " server's FFmpeg cannot decode it.",
                "Leave that stream out with `streams` (--map), or choose another container.",
            )
        encoder = _encoder(choice.container, stream, capabilities)
        argv += [f"-c:a:{position}", encoder]
        warnings.append(
            f"{choice.container.name} cannot hold {stream.codec} (stream {stream.place} of the"
            f" input); it is encoded as {encoder}{_lossless_note(choice.container)}."
        )
    return argv, warnings


def _holds(container: Container, codec: str) -> bool:
    if container.muxer == "matroska":
        return codec in _IN_MATROSKA
    return container.takes("audio", codec)


def _lossless_note(container: Container) -> str:
    return ", without loss" if container.muxer == "matroska" else ""


def _encoder(container: Container, stream: Stream, capabilities: Capabilities) -> str:
    if container.muxer != "matroska":
        return choose(container.default("audio") or "", "audio", "audio.codec", capabilities)
    if stream.codec in _DEEPER:
        return _DEEPER[stream.codec]
    fits_flac = (stream.channels or _FLAC_CHANNELS + 1) <= _FLAC_CHANNELS
    return "flac" if fits_flac and "flac" in capabilities.encoders else "pcm_s24le"
