"""A preset that copies audio encodes losslessly, with a warning, what the container cannot hold."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.ffmpeg import Limits, MediaInfo, Stream, TranscodeError
from ffremote.spec.presets import Preset
from tests.support.conversion import Converter, convert
from tests.support.job_directory import PRESETS as SHIPPED
from tools.reference_arguments import EVERYTHING

REWRAP = {"container": "mp4", "audio": {"codec": "copy"}, "streams": ["0"]}
PRESETS = {**SHIPPED, "rewrap": Preset("rewrap", "As it is, in MP4", REWRAP)}
WARNING = "mkv cannot hold {} (stream {} of the input); it is encoded as {}, without loss."


def film(binaries: ffmpeg.Binaries, path: Path, codec: str, *more: str) -> Path:
    """Make half a second of video, and of noise in this codec."""
    inputs = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=0.6"]
    inputs += ["-f", "lavfi", "-i", "anoisesrc=r=48000:d=0.6:a=0.1,aformat=channel_layouts=stereo"]
    words = [*inputs, "-c:v", "mpeg2video", "-c:a", codec, *more, path]
    subprocess.run([binaries.ffmpeg, "-v", "error", *words], check=True, stdin=subprocess.DEVNULL)
    return path


def samples(binaries: ffmpeg.Binaries, path: Path) -> str:
    """Return the checksum of the audio as samples of 32 bits."""
    words = [binaries.ffmpeg, "-v", "error", "-i", path, "-map", "0:a:0", "-c:a", "pcm_s32le"]
    made = subprocess.run([*words, "-f", "md5", "-"], check=True, capture_output=True, text=True)
    return made.stdout


@pytest.mark.parametrize(
    ("name", "codec", "becomes"),
    [
        ("disc.m2ts", "pcm_bluray", "flac"),
        ("disc.vob", "pcm_dvd", "flac"),
        pytest.param("in.mov", "pcm_s8", "flac", marks=pytest.mark.wide),
        pytest.param("in.mov", "pcm_f32be", "pcm_f32le", marks=pytest.mark.wide),
        pytest.param("in.mov", "adpcm_ima_qt", "flac", marks=pytest.mark.wide),
    ],
)
def test_archive_keeps_audio_that_matroska_cannot_hold(
    converter: Converter,
    binaries: ffmpeg.Binaries,
    tmp_path: Path,
    name: str,
    codec: str,
    becomes: str,
) -> None:
    as_disc = ["-mpegts_m2ts_mode", "1"] if name.endswith("m2ts") else []
    source = film(binaries, tmp_path / name, codec, *as_disc)

    made = convert(converter, source, "o.mkv", preset="archive")

    assert made.audio.codec == becomes
    assert samples(binaries, made.path) == samples(binaries, source)
    [warning] = [text for text in made.plan.warnings if codec in text]
    assert warning.startswith(f"mkv cannot hold {codec} (stream ")


def planned(codec: str, *, decodes: bool = True, **job: Any) -> ffmpeg.Plan:
    """Plan a job for 5.1 in AC-3 and a stereo track in this codec."""
    streams = (
        Stream(0, "audio", "ac3", sample_rate=48000, channels=6),
        Stream(1, "audio", codec, sample_rate=48000, channels=2),
    )
    decoders = {**EVERYTHING.decoders, **({codec: (codec,)} if decodes else {})}
    asked = spec.build_job({"output_filename": "o.mkv", **job}, presets=PRESETS)
    capabilities = replace(EVERYTHING, decoders=decoders)
    return ffmpeg.plan(
        asked, [MediaInfo("mov", 1.0, streams)], capabilities, Limits(), attempt="try1"
    )


def codecs(plan: ffmpeg.Plan) -> dict[str, str]:
    argv = plan.passes[-1].argv
    return {
        word: argv[place + 1]
        for place, word in enumerate(argv)
        if word.startswith(("-c:a", "-b:a"))
    }


def test_only_the_track_that_does_not_fit_is_encoded() -> None:
    plan = planned("pcm_dvd", preset="archive")

    assert codecs(plan) == {"-c:a": "copy", "-c:a:1": "flac"}
    assert plan.warnings == (WARNING.format("pcm_dvd", 1, "flac"),)


def test_audio_that_matroska_holds_is_copied() -> None:
    plan = planned("truehd", preset="archive")

    assert codecs(plan) == {"-c:a": "copy"}
    assert plan.warnings == ()


def test_a_copy_without_a_preset_is_not_replaced() -> None:
    plan = planned("pcm_dvd", audio={"codec": "copy"}, streams=["0"])

    assert codecs(plan) == {"-c:a": "copy"}


def test_a_preset_of_the_operator_gets_a_codec_of_its_container() -> None:
    plan = planned("pcm_dvd", preset="rewrap", output_filename="o.mp4")

    assert codecs(plan) == {"-c:a": "copy", "-c:a:1": "aac"}
    [warning] = plan.warnings
    assert warning == "mp4 cannot hold pcm_dvd (stream 1 of the input); it is encoded as aac."


def test_audio_that_can_be_neither_copied_nor_decoded_is_refused_in_advance() -> None:
    with pytest.raises(TranscodeError) as caught:
        planned("nellymoser", decodes=False, preset="archive")

    failure = caught.value.failure
    assert failure.exit_code is None
    assert failure.message == (
        "mkv cannot hold the audio codec nellymoser, and this server's FFmpeg cannot decode it."
    )
