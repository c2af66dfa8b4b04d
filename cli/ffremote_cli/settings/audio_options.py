"""The options for the keys of `audio`."""

from .job_option import LIST, OFF, JobOption, number, option, volume
from .side_files import AUDIO_FROM, MIX

AUDIO: tuple[JobOption, ...] = (
    option(
        "--audio-codec",
        "audio.codec",
        "NAME",
        "Codec family (aac, opus, mp3, flac), encoder (libopus), or copy.",
    ),
    option("--audio-bitrate", "audio.bitrate", "RATE", "Average bit rate: 192k."),
    option(
        "--audio-quality",
        "audio.quality",
        "N",
        "Variable bit rate with this quality of the encoder: 2 (mp3: 0 is best, 9 worst).",
        number,
    ),
    option("--sample-rate", "audio.sample_rate", "HZ", "Samples per second: 48000.", number),
    option("--channels", "audio.channels", "N", "Number of channels to mix to: 2.", number),
    option("--volume", "audio.volume", "FACTOR", "Change the volume: 1.5, -3dB.", volume),
    option(
        "--loudness",
        "audio.loudness",
        "LUFS",
        "Normalise the loudness (EBU R128): -16.",
        number,
    ),
    option(
        "--audio-filter",
        "audio.filters",
        "FILTER",
        "FFmpeg audio filter: highpass=f=80. Can be repeated.",
        LIST,
    ),
    AUDIO_FROM,
    MIX,
    option("--audio-track", "audio.track", "N", "Audio stream to use, counted from 0.", number),
    option("--no-audio", "audio", "", "Leave out the audio.", OFF),
)
