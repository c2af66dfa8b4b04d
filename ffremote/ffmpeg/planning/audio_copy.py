"""Sound that a preset copies, encoded where the container cannot hold it; pure."""

from ffremote.states import FailureReason

from ..formats.containers import Container
from ..formats.decision import Choice
from ..formats.encoders import COPY, choose
from ..model.capabilities import Capabilities
from ..model.failure import refuse
from ..model.media_info import Stream

# what FFmpeg has a name for in Matroska, its own or that of WAV; the table lets encoders try more
_NAMED = """
    aac ac3 adpcm_g722 adpcm_g726 adpcm_ima_wav adpcm_ms adpcm_swf adpcm_yamaha alac amr_nb amr_wb
    atrac3 atrac3p cook dfpwm dts eac3 flac g723_1 g729 gsm_ms mlp mp1 mp2 mp3 opus pcm_alaw
    pcm_f32le pcm_f64le pcm_mulaw pcm_s16be pcm_s16le pcm_s24be pcm_s24le pcm_s32be pcm_s32le
    pcm_s64le pcm_u8 qdm2 ra_144 ra_288 ralf sipr speex truehd truespeech tta vorbis wavpack
    wmalossless wmapro wmav1 wmav2 wmavoice
"""
_IN_MATROSKA = frozenset(_NAMED.split())
# more than the 24 bits of FLAC
_DEEPER = {
    "pcm_f16le": "pcm_f32le",
    "pcm_f24le": "pcm_f32le",
    "pcm_f32be": "pcm_f32le",
    "pcm_f64be": "pcm_f64le",
    "pcm_u32be": "pcm_s32le",
    "pcm_u32le": "pcm_s32le",
}
_FLAC_CHANNELS = 8


def encoded_instead(
    choice: Choice, streams: tuple[Stream, ...], capabilities: Capabilities
) -> tuple[list[str], list[str]]:
    """Return the options for the tracks that cannot be copied, and what to say of them.

    Only a preset's copy becomes something else: a job that names no preset means it. Raises
    TranscodeError where such a track cannot be decoded either.
    """
    argv: list[str] = []
    warnings: list[str] = []
    if choice.spec.preset is None or choice.audio_encoder != COPY:
        return argv, warnings
    for place, stream in enumerate(streams):
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
        argv += [f"-c:a:{place}", encoder]
        warnings.append(
            f"{choice.container.name} cannot hold {stream.codec} (stream {stream.index} of the"
            f" input); it is encoded as {encoder}{_without_loss(choice.container)}."
        )
    return argv, warnings


def _holds(container: Container, codec: str) -> bool:
    if container.muxer == "matroska":
        return codec in _IN_MATROSKA
    return container.takes("audio", codec)


def _without_loss(container: Container) -> str:
    return ", without loss" if container.muxer == "matroska" else ""


def _encoder(container: Container, stream: Stream, capabilities: Capabilities) -> str:
    if container.muxer != "matroska":
        return choose(container.default("audio") or "", "audio", "audio.codec", capabilities)
    if stream.codec in _DEEPER:
        return _DEEPER[stream.codec]
    is_plain = (stream.channels or _FLAC_CHANNELS + 1) <= _FLAC_CHANNELS
    return "flac" if is_plain and "flac" in capabilities.encoders else "pcm_s24le"
