"""A bit rate that an audio encoder refuses becomes the nearest legal one."""

import subprocess
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.formats import audio_bitrates
from ffremote.spec import Audio
from tests.support.conversion import Converter, convert

SOUNDS = [(8000, "mono"), (22050, "stereo"), (44100, "stereo"), (48000, "5.1")]
SOUNDS += [(96000, "stereo"), (192000, "7.1")]
CODECS = {"libvorbis": "ogg", "libmp3lame": "mp3", "aac": "m4a", "libopus": "opus"}
CODECS |= {"ac3": "ac3", "eac3": "eac3", "mp2": "mp2"}
ROWS = [
    (encoder, rate, layout, bitrate)
    for encoder in CODECS
    for rate, layout in SOUNDS
    for bitrate in ("8k", "96k", "320k", "640k")
]
ALWAYS = {("libvorbis", 8000, "96k"), ("libvorbis", 96000, "96k"), ("eac3", 22050, "8k")}
ALWAYS |= {("mp2", 48000, "8k")}


@pytest.mark.parametrize(
    ("encoder", "rate", "layout", "bitrate"),
    [
        pytest.param(*row, marks=[] if (row[0], row[1], row[3]) in ALWAYS else pytest.mark.wide)
        for row in ROWS
    ],
)
def test_every_encoder_accepts_every_bit_rate(
    converter: Converter,
    binaries: ffmpeg.Binaries,
    tmp_path: Path,
    encoder: str,
    rate: int,
    layout: str,
    bitrate: str,
) -> None:
    if encoder not in converter.capabilities.encoders:
        pytest.skip(f"this FFmpeg has no {encoder}: install one built with it")
    source = tmp_path / "in.wav"
    noise = f"anoisesrc=r={rate}:d=0.3:a=0.1,aformat=channel_layouts={layout}"
    argv = ["-f", "lavfi", "-i", noise, "-c:a", "pcm_s16le", source]
    subprocess.run([binaries.ffmpeg, "-v", "error", *argv], check=True)

    made = convert(
        converter, source, f"o.{CODECS[encoder]}", audio={"codec": encoder, "bitrate": bitrate}
    )

    assert made.audio.sample_rate


@pytest.mark.parametrize(
    ("encoder", "rate", "channels", "bitrate", "made"),
    [
        ("libvorbis", 8000, 1, 96000, (42000, None)),
        ("libvorbis", 22050, 2, 192000, (180000, None)),
        ("libvorbis", 44100, 2, 16000, (45000, None)),
        ("libvorbis", 48000, 6, 64000, (84000, None)),
        ("libvorbis", 48000, 3, 64000, (96000, None)),
        ("libvorbis", 96000, 2, 160000, (None, 48000)),
        ("libvorbis", 88200, 2, 160000, (None, 44100)),
        ("libvorbis", 384000, 2, None, (None, 192000)),
        ("libvorbis", 6000, 1, None, (None, 8000)),
        ("libvorbis", 96000, 2, None, (None, None)),
        ("libvorbis", 44100, 2, 160000, (None, None)),
        ("eac3", 48000, 6, 32000, (64000, None)),
        ("ac3", 44100, 2, 192000, (None, None)),
        ("ac3", 44100, 2, 1000000, (640000, None)),
        ("mp2", 48000, 2, 100000, (96000, None)),
        ("mp2", 22050, 1, 192000, (160000, None)),
        ("libopus", 48000, 1, 512000, (256000, None)),
        ("libmp3lame", 8000, 1, 320000, (None, None)),
        ("aac", 8000, 1, 320000, (None, None)),
    ],
)
def test_an_illegal_bit_rate_becomes_the_nearest_legal_and_is_named(
    encoder: str,
    rate: int,
    channels: int,
    bitrate: int | None,
    made: tuple[int | None, int | None],
) -> None:
    stream = ffmpeg.Stream(0, "audio", "pcm_s16le", sample_rate=rate, channels=channels)

    settled = audio_bitrates.adjust(Audio(bitrate=bitrate), encoder, stream)

    assert (settled.bitrate, settled.rate) == made
    assert bool(settled.warnings) == (made != (None, None))
