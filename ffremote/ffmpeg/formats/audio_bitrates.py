"""Bit rates that audio encoders support for a sample rate and a number of channels; pure.

Measured on FFmpeg 5.1 and 9.0. Encoders refuse other rates with messages that do not name them.
"""

from typing import NamedTuple

from ffremote.spec import Audio
from ffremote.spec.types import bitrate_text

from ..model.media_info import Stream
from .encoders import rules_of


class Adjusted(NamedTuple):
    """Adjusted bits per second and Hz, None if unchanged, and the warnings."""

    bitrate: int | None = None
    rate: int | None = None
    warnings: tuple[str, ...] = ()


# libvorbis: sample rates below the first number; then bit/s per channel: min, min in stereo, max
_VORBIS = (
    (9000, 8000, 6000, 42000),
    (15000, 12000, 8000, 50000),
    (19000, 16000, 12000, 100000),
    (26000, 16000, 15000, 90000),
    (40000, 30000, 18000, 190000),
    (50000, 32000, 22500, 240000),
)
_VORBIS_SURROUND = 14000  # 5.1 has separate tables from 40 kHz on
_VORBIS_RATES = (8000, 192000)
_LAYER_2 = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_LAYER_2_HALVED = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_DOLBY = {"ac3": (32000, 640000), "ac3_fixed": (32000, 640000), "eac3": (16000, 6144000)}


def adjust(audio: Audio, encoder: str, stream: Stream) -> Adjusted:
    """Return the supported rates nearest to the job's for one track."""
    channels = audio.channels or stream.channels or 2
    channels = min(channels, rules_of(encoder).get("most_channels", channels))
    rate = audio.sample_rate or (48000 if audio.loudness is not None else stream.sample_rate or 0)
    adjusted = _vorbis_rate(audio, rate) if encoder == "libvorbis" else Adjusted()
    rate = adjusted.rate or rate
    if audio.bitrate is None:
        return adjusted
    nearest = _nearest(audio.bitrate, encoder, rate, channels)
    if nearest == audio.bitrate:
        return adjusted
    unit = "channel" if channels == 1 else "channels"
    warning = (
        f"{encoder} does not support {bitrate_text(audio.bitrate)} for {channels} {unit} at {rate}"
        f" Hz; the result has {bitrate_text(nearest)}."
    )
    return Adjusted(nearest, adjusted.rate, (*adjusted.warnings, warning))


def _nearest(bitrate: int, encoder: str, rate: int, channels: int) -> int:
    if encoder in ("mp2", "mp2fixed"):
        legal = [1000 * each for each in (_LAYER_2_HALVED if rate < 28000 else _LAYER_2)]
        return min(legal, key=lambda each: abs(each - bitrate))
    low, high = _bounds(encoder, rate, channels)
    return min(max(bitrate, low), high) if high else max(bitrate, low)


def _bounds(encoder: str, rate: int, channels: int) -> tuple[int, int]:
    """Return the minimum and maximum bit rate; a maximum of 0 is no limit."""
    if encoder == "libvorbis":
        row = next((row for row in _VORBIS if rate < row[0]), _VORBIS[-1])
        low = row[2] if channels == 2 else row[1]
        if channels == 6 and row is _VORBIS[-1]:
            low = _VORBIS_SURROUND
        return low * channels, row[3] * channels
    if encoder in _DOLBY:
        least, most = _DOLBY[encoder]
        return max(least, 16000 * min(channels, 4)), most
    return 0, rules_of(encoder).get("most_bitrate_per_channel", 0) * channels


def _vorbis_rate(audio: Audio, rate: int) -> Adjusted:
    """Move the sample rate into the range of libvorbis, which is smaller with a bit rate."""
    least, most = _VORBIS_RATES
    limit, kind = (50000, "a bit rate") if audio.bitrate is not None else (most, "audio")
    if not rate or least <= rate <= limit:
        return Adjusted()
    nearest = least if rate < least else limit
    if limit == 50000 and rate > limit:
        nearest = 44100 if rate % 44100 == 0 else 48000
    hint = "; audio.quality allows more" if kind == "a bit rate" and rate > limit else ""
    warning = f"libvorbis does not support {kind} at {rate} Hz; the result has {nearest} Hz{hint}."
    return Adjusted(None, nearest, (warning,))
