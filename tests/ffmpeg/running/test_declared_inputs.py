"""How the job declares its inputs: decoder, charset, probe, rotation, and times."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import Limits, TranscodeError
from ffremote.spec.charsets import CHARSETS
from tests.support.job_directory import JobDirectory

OpenJob = Callable[..., JobDirectory]
CUE = "1\n00:00:00,500 --> 00:00:01,500\n{}\n"
_TEXTS = {"CP1251": "Привет", "CP932": "こんにちは", "GBK": "你好", "KOI8-R": "Да"}
LETTERS = [
    name if name == "CP1251" else pytest.param(name, marks=pytest.mark.wide) for name in CHARSETS
]


def make(build: ffmpeg.Binaries, folder: Path, words: str) -> Path:
    """Run FFmpeg with these words; the last one is the name of the result."""
    subprocess.run([build.ffmpeg, "-v", "error", *words.split()], cwd=folder, check=True)
    return folder / words.split()[-1]


@pytest.fixture
def transparent(build: ffmpeg.Binaries, tmp_path: Path) -> Path:
    """A VP9 film with a layer of alpha, which FFmpeg's own decoder ignores."""
    source = "-f lavfi -i color=red@0.5:s=64x48:d=0.4,format=yuva420p"
    encoder = "-c:v libvpx-vp9 -auto-alt-ref 0 -deadline realtime"
    return make(build, tmp_path, f"{source} {encoder} alpha.webm")


@pytest.mark.parametrize(("decoder", "has_alpha"), [("libvpx-vp9", True), ("vp9", False)])
def test_the_declared_decoder_reads_the_video(
    decoder: str, has_alpha: bool, transparent: Path, open_job: OpenJob
) -> None:
    directory = open_job(transparent)
    section = {"decoder": decoder}

    made = directory.run(input=section, output_filename="out.png", video={"codec": "png"})

    assert f"-c:0 {decoder}" in directory.plan.command
    assert (made.streams[0].pix_fmt == "rgba") is has_alpha


def test_a_decoder_of_another_codec_is_refused_with_both(
    transparent: Path, open_job: OpenJob
) -> None:
    directory = open_job(transparent)

    with pytest.raises(TranscodeError, match=r"is h264, which reads h264, but the video .* is vp9"):
        directory.run(input={"decoder": "h264"})


def test_a_decoder_of_audio_beside_silent_video_has_no_effect(
    transparent: Path, open_job: OpenJob
) -> None:
    directory = open_job(transparent)

    directory.run(input={"decoder": ["vp9", "aac"]})

    assert "-c:0 vp9" in directory.plan.command
    assert "aac" not in directory.plan.command


@pytest.mark.parametrize("name", ["nosuch", "magicyuv", "lavfi", "h264_cuvid"])
def test_an_unknown_decoder_is_refused_before_the_upload(
    name: str, capabilities: ffmpeg.Capabilities
) -> None:
    job = spec.build_job({"output_filename": "a.mp4", "input": {"decoder": name}})

    with pytest.raises(InvalidArgument, match=f"input.decoder cannot be '{name}'"):
        ffmpeg.check(job, capabilities)


def test_a_dry_run_shows_the_decoders(capabilities: ffmpeg.Capabilities) -> None:
    section = {"decoder": ["libvpx-vp9", "aac"]}
    job = spec.build_job({"output_filename": "a.mp4", "input": section})

    command = ffmpeg.dry_run(job, capabilities, Limits()).command

    assert "-codec_whitelist vp9,libvpx-vp9,aac" in command
    assert "-c:0 libvpx-vp9 -c:1 aac" in command


@pytest.mark.parametrize("charset", LETTERS)
def test_every_charset_is_known_to_ffmpeg(charset: str, open_job: OpenJob) -> None:
    text = _TEXTS.get(charset, "plain")
    names = {"MACINTOSH": "mac_roman", "CP874": "tis-620"}
    directory = open_job(CUE.format(text).encode(names.get(charset, charset)))

    directory.run(input={"charset": charset}, output_filename="out.srt")

    assert text in directory.result.read_text("utf-8")
    assert not any("guess" in each for each in directory.warnings)


def test_the_charset_of_subtitles_inside_a_film_is_used(
    build: ffmpeg.Binaries, open_job: OpenJob, tmp_path: Path
) -> None:
    (tmp_path / "in.srt").write_bytes(CUE.format("Привет").encode("cp1251"))
    film = "-f lavfi -i color=s=64x48:d=2 -i in.srt -map 0 -map 1 -c:s copy film.mkv"
    directory = open_job(make(build, tmp_path, film))

    directory.run(input={"charset": "windows-1251"}, output_filename="out.srt")

    assert "Привет" in directory.result.read_text("utf-8")


def test_a_charset_without_subtitles_is_refused(transparent: Path, open_job: OpenJob) -> None:
    directory = open_job(transparent)

    with pytest.raises(TranscodeError, match=r"charset is CP1251, but the input has no text"):
        directory.run(input={"charset": "CP1251"})


def test_the_depth_of_the_probe_is_that_of_the_job(transparent: Path, open_job: OpenJob) -> None:
    directory = open_job(transparent)

    directory.run(input={"probe": {"bytes": 9_000_000, "seconds": 7.5}})

    assert "-probesize 9000000 -analyzeduration 7500000 " in directory.plan.command


def test_the_default_depth_stays_where_the_job_names_one_bound() -> None:
    wanted = spec.Input.model_validate({"probe": {"seconds": 2}}).probe

    assert ffmpeg_options("mpegts", wanted) == "-probesize 134217728 -analyzeduration 2000000"
    assert ffmpeg_options("mov", wanted) == "-analyzeduration 2000000"


def ffmpeg_options(demuxer: str, wanted: Any) -> str:
    from ffremote.ffmpeg.model.probe_depth import probe_options

    return " ".join(probe_options(demuxer, wanted))


@pytest.fixture
def turned(build: ffmpeg.Binaries, tmp_path: Path) -> Path:
    """A film of 64x48 that players turn by 90 degrees, as a phone stores it."""
    plain = "-f lavfi -i testsrc=s=64x48:r=10:d=0.5 -c:v libx264 -pix_fmt yuv420p"
    make(build, tmp_path, f"{plain} -movflags +faststart plain.mp4")
    data = bytearray((tmp_path / "plain.mp4").read_bytes())
    at = data.index(b"tkhd") + 44
    matrix = (0, 1 << 16, 0, -1 << 16, 0, 0, 48 << 16, 0, 1 << 30)
    data[at : at + 36] = b"".join(each.to_bytes(4, "big", signed=True) for each in matrix)
    (tmp_path / "turned.mp4").write_bytes(data)
    return tmp_path / "turned.mp4"


@pytest.mark.parametrize(("rotate", "size"), [("auto", (48, 64)), ("keep", (64, 48))])
def test_pictures_are_turned_or_kept_as_they_are_stored(
    rotate: str, size: tuple[int, int], turned: Path, open_job: OpenJob
) -> None:
    directory = open_job(turned)

    made = directory.run(input={"rotate": rotate})

    assert (made.streams[0].width, made.streams[0].height) == size
    assert ("-noautorotate" in directory.plan.command) is (rotate == "keep")
    assert directory.warnings == ()


def test_times_are_stretched_also_in_a_copy(transparent: Path, open_job: OpenJob) -> None:
    directory = open_job(transparent)

    made = directory.run(input={"stretch": 2}, video={"codec": "copy"}, output_filename="out.webm")

    assert made.duration == pytest.approx(0.8, abs=0.1)
    assert directory.warnings == ()
