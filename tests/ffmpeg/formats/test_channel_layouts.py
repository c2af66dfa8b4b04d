"""Audio of every layout and rate becomes one that its encoder accepts, channels in their places."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from tests.support.conversion import Converter, convert


def sound(
    binaries: ffmpeg.Binaries, path: Path, layout: str, rate: int = 48000, codec: str = "pcm_s16le"
) -> Path:
    """Half a second of silence in this layout."""
    argv = ["-f", "lavfi", "-i", f"anullsrc=r={rate}:cl={layout}:d=0.5", "-c:a", codec]
    subprocess.run([binaries.ffmpeg, "-y", "-v", "error", *argv, path], check=True)
    return path


@pytest.mark.parametrize(
    ("layout", "becomes"),
    [
        ("5.1(side)", "5.1"),
        ("7.1(wide)", "7.1"),
        ("2.1", "5.1"),
        *(
            pytest.param(layout, becomes, marks=pytest.mark.wide)
            for layout, becomes in (
                ("5.1", "5.1"),
                ("4.0", "5.0"),
                ("quad(side)", "quad"),
                ("6.1(back)", "6.1"),
                ("5.0(side)", "5.0"),
                ("hexagonal", "6.1"),
                ("3.0", "3.0"),
                ("mono", "mono"),
            )
        ),
    ],
)
def test_opus_gets_a_supported_layout(
    converter: Converter, binaries: ffmpeg.Binaries, tmp_path: Path, layout: str, becomes: str
) -> None:
    source = sound(binaries, tmp_path / "in.wav", layout)

    made = convert(converter, source, "out.opus", preset="opus")

    assert made.audio.channel_layout == becomes
    assert any(layout in warning for warning in made.plan.warnings) == (layout != becomes)


def test_each_channel_stays_in_its_place(
    converter: Converter, binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    source = tmp_path / "in.wav"
    tones = "|".join("0.2*sin(2000*t)" if place == 4 else "0" for place in range(6))
    argv = ["-f", "lavfi", "-i", f"aevalsrc={tones}:c=5.1(side):d=1:s=48000"]
    subprocess.run([binaries.ffmpeg, "-v", "error", *argv, source], check=True)

    made = convert(converter, source, "out.mka", audio={"codec": "opus", "bitrate": "256k"})

    measured = subprocess.run(
        [binaries.ffmpeg, "-i", made.path, "-af", "astats=measure_overall=none", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    peaks = [float(line.split()[-1]) for line in measured.splitlines() if "Peak level" in line]
    assert len(peaks) == 6
    assert max(range(6), key=lambda place: peaks[place]) == 4


@pytest.mark.parametrize(
    ("output", "audio", "layout", "rate", "expected"),
    [
        ("o.mp3", {"codec": "mp3", "sample_rate": 96000}, "stereo", 48000, (2, 48000)),
        ("o.opus", {"codec": "opus", "sample_rate": 44100}, "stereo", 44100, (2, 48000)),
        ("o.ac3", {"codec": "ac3", "channels": 8}, "7.1", 48000, (6, 48000)),
        ("o.wma", {}, "5.1(side)", 96000, (2, 48000)),
        ("o.mp3", {"codec": "mp3", "channels": 6}, "5.1", 8000, (2, 8000)),
        ("o.m4a", {}, "22.2", 48000, (8, 48000)),
        ("o.flac", {}, "hexadecagonal", 48000, (8, 48000)),
        ("o.mp3", {"channels": 2}, "hexadecagonal", 48000, (2, 48000)),
        ("o.opus", {"channels": 4}, "5.1(side)", 48000, (4, 48000)),
        ("o.opus", {"bitrate": "512k"}, "mono", 48000, (1, 48000)),
        ("o.ac3", {}, "stereo", 22050, (2, None)),
        ("o.ogg", {"codec": "vorbis"}, "stereo", 8000, (2, 8000)),
    ],
)
def test_unsupported_values_become_the_nearest(
    converter: Converter,
    binaries: ffmpeg.Binaries,
    tmp_path: Path,
    output: str,
    audio: dict[str, Any],
    layout: str,
    rate: int,
    expected: tuple[int, int | None],
) -> None:
    if output == "o.ogg" and "libvorbis" not in converter.capabilities.encoders:
        pytest.skip("this FFmpeg has no libvorbis: install one built with it")
    source = sound(binaries, tmp_path / "in.wav", layout, rate)

    made = convert(converter, source, output, audio=audio)

    assert made.audio.channels == expected[0]
    assert expected[1] in (None, made.audio.sample_rate)


def test_a_change_is_a_warning(
    converter: Converter, binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    source = sound(binaries, tmp_path / "in.mka", "5.1")

    made = convert(
        converter, source, "o.mp3", audio={"codec": "mp3", "channels": 6, "sample_rate": 96000}
    )

    assert made.plan.warnings == (
        "libmp3lame does not support 96000 Hz; the result has 48000 Hz.",
        "libmp3lame supports at most 2 channels; the result has 2.",
    )
