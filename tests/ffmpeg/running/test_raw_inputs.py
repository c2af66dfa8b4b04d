"""Inputs whose format the job declares: samples, frames and streams without a container."""

import math
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import Limits, TranscodeError
from ffremote.ffmpeg.policy.tables import table
from ffremote.ffmpeg.streams.raw_data import unit_of
from ffremote.spec import Input, build_job
from ffremote.spec.raw_formats import PCM_FORMATS, PIXEL_FORMATS, RAW_VIDEO, STREAM_FORMATS
from tests.support.job_directory import JobDirectory

OpenJob = Callable[..., JobDirectory]
TONE = b"".join(struct.pack("<h", round(9000 * math.sin(n / 9))) for n in range(16000))
SIZE = "64x48"
FRAME = bytes(range(256)) * 18
"""One frame of 64x48 pixels in yuv420p: 4608 bytes."""


def wide_but(first: str, names: tuple[str, ...]) -> list[Any]:
    return [n if n == first else pytest.param(n, marks=pytest.mark.wide) for n in names]


def test_every_declared_format_has_its_stream_and_its_size() -> None:
    known = table("raw")

    assert set(known["pcm"]) == set(PCM_FORMATS)
    assert set(known["streams"]) == {RAW_VIDEO, *STREAM_FORMATS}
    assert set(known["planes"]) == set(PIXEL_FORMATS)


@pytest.mark.parametrize("name", wide_but("yuv420p10le", PIXEL_FORMATS))
def test_the_bytes_of_a_frame_are_those_that_ffmpeg_reads(
    name: str, build: ffmpeg.Binaries, tmp_path: Path
) -> None:
    (tmp_path / "raw").write_bytes(bytes(20_000))
    options = f"-v error -f rawvideo -video_size 35x17 -pixel_format {name} -i raw"
    entries = "-show_entries packet=size -of csv=p=0"
    argv = [build.ffprobe, *options.split(), *entries.split()]

    shown = subprocess.run(argv, cwd=tmp_path, check=True, capture_output=True, text=True)

    unit = unit_of(Input(format="rawvideo", size="35x17", pix_fmt=name))
    assert unit is not None
    assert unit.bytes == int(shown.stdout.split()[0].strip(","))


@pytest.mark.parametrize("name", wide_but("s16le", PCM_FORMATS))
def test_samples_are_read_as_declared_and_their_length_is_known(
    name: str, open_job: OpenJob
) -> None:
    width = table("raw")["pcm"][name][1]
    directory = open_job(bytes(8000 * 2 * width))
    section = {"format": name, "sample_rate": 8000, "channels": 2}

    made = directory.run(input=section, output_filename="out.flac")

    assert directory.plan.expected.duration == 1.0
    assert made.duration == pytest.approx(1.0, abs=0.01)
    (stream,) = made.streams
    assert (stream.sample_rate, stream.channels) == (8000, 2)
    assert directory.warnings == ()


def test_declared_samples_decode_to_the_bytes_that_were_sent(open_job: OpenJob) -> None:
    directory = open_job(TONE)

    directory.run(input={"format": "s16le", "sample_rate": 16000}, output_filename="out.wav")

    assert directory.result.read_bytes().endswith(TONE)


def test_frames_are_read_with_their_size_format_and_rate(open_job: OpenJob) -> None:
    directory = open_job(FRAME * 20)
    section = {"format": "rawvideo", "size": SIZE, "fps": 10}

    made = directory.run(input=section, output_filename="out.mkv", video={"codec": "ffv1"})

    (stream,) = made.streams
    assert (stream.width, stream.height, stream.pix_fmt, stream.fps) == (64, 48, "yuv420p", 10.0)
    assert made.duration == pytest.approx(2.0, abs=0.01)
    assert directory.plan.expected.duration == 2.0
    assert directory.warnings == ()


def test_a_part_of_raw_frames_is_read(open_job: OpenJob) -> None:
    directory = open_job(FRAME * 20)
    section = {"format": "rawvideo", "size": SIZE, "fps": 10, "start": 0.5, "duration": 1}

    made = directory.run(input=section, output_filename="out.mkv")

    assert made.duration == pytest.approx(1.0, abs=0.11)


@pytest.mark.parametrize(
    ("section", "data", "numbers"),
    [
        (
            {"format": "rawvideo", "size": SIZE},
            FRAME * 30 + FRAME[:100],
            (
                "The 138340 bytes of the rawvideo input are no multiple of the 4608 bytes of a"
                " frame; the last 100 are left out."
            ),
        ),
        (
            {"format": "s16le", "channels": 2},
            TONE + b"x",
            (
                "The 32001 bytes of the s16le input are no multiple of the 4 bytes of a sample; the"
                " last 1 are left out."
            ),
        ),
    ],
)
def test_a_size_that_is_no_multiple_is_a_warning(
    section: dict[str, Any], data: bytes, numbers: str, open_job: OpenJob
) -> None:
    directory = open_job(data)

    directory.run(input=section, output_filename="out.mka" if "channels" in section else "out.mkv")

    assert any(each.startswith(numbers) for each in directory.warnings)
    assert not any("truncated" in each for each in directory.warnings)


def test_less_than_one_frame_is_refused_with_both_sizes(open_job: OpenJob) -> None:
    directory = open_job(FRAME[:-1])

    with pytest.raises(TranscodeError, match=r"4607 bytes, less than one frame \(4608 bytes\)"):
        directory.run(input={"format": "rawvideo", "size": SIZE})


@pytest.mark.parametrize(
    "section",
    [
        {"format": "rawvideo", "size": "1x1", "pix_fmt": "gray", "fps": 25},
        {"format": "s8", "sample_rate": 4000},
    ],
)
def test_more_raw_data_than_the_limit_is_refused_before_the_run(
    section: dict[str, Any], open_job: OpenJob
) -> None:
    directory = open_job(b"\0")
    with (directory.path / "input").open("r+b") as file:
        file.truncate(20 << 30)  # sparse

    with pytest.raises(TranscodeError, match=r"would be read for [0-9]+ s; the limit is"):
        directory.run(input=section, output_filename="out.mkv")


def test_the_size_of_declared_frames_is_bounded(open_job: OpenJob) -> None:
    job = {"output_filename": "a.mp4", "input": {"format": "rawvideo", "size": "99999x99999"}}
    directory = open_job(FRAME)

    with pytest.raises(InvalidArgument, match="pixels per frame; the limit is"):
        ffmpeg.dry_run(build_job(job), directory.capabilities, Limits())


@pytest.mark.parametrize(
    ("name", "encoder"),
    [
        ("h264", "libx264"),
        *[
            pytest.param(*row, marks=pytest.mark.wide)
            for row in (
                ("hevc", "libx265"),
                ("m4v", "mpeg4"),
                ("mpegvideo", "mpeg2video"),
                ("mjpeg", "mjpeg"),
                ("aac", "aac"),
                ("ac3", "ac3"),
                ("eac3", "eac3"),
                ("mp3", "libmp3lame"),
                ("flac", "flac"),
            )
        ],
    ],
)
def test_a_stream_without_container_is_read_as_declared(
    name: str, encoder: str, build: ffmpeg.Binaries, open_job: OpenJob, tmp_path: Path
) -> None:
    source = tmp_path / "stream"
    muxer = {"aac": "adts", "mpegvideo": "mpeg2video"}.get(name, name)
    kind, _ = table("raw")["streams"][name]
    made_of = "testsrc=s=64x48:r=25:d=1" if kind == "video" else "sine=d=1"
    options = f"-v error -f lavfi -i {made_of} -c {encoder} -f {muxer} stream"
    subprocess.run([build.ffmpeg, *options.split()], cwd=tmp_path, check=True)
    directory = open_job(source)

    made = directory.run(input={"format": name}, output_filename="out.mkv")

    assert [stream.kind for stream in made.streams] == [kind]
    assert f"-format_whitelist {name} " in directory.plan.command


def test_a_container_is_not_read_as_another_format(open_job: OpenJob, clip: Path) -> None:
    directory = open_job(clip)

    with pytest.raises(TranscodeError):
        directory.run(input={"format": "eac3"}, output_filename="out.mkv")


def test_a_playlist_that_is_declared_as_samples_is_noise(open_job: OpenJob) -> None:
    text = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n" * 40
    directory = open_job(text)

    directory.run(input={"format": "s16le"}, output_filename="out.wav")

    assert directory.result.read_bytes().endswith(text)


def test_raw_sound_and_raw_frames_make_one_film(open_job: OpenJob) -> None:
    directory = open_job(FRAME * 10, TONE)

    made = directory.run(
        inputs=[
            {"format": "rawvideo", "size": SIZE, "fps": 10},
            {"format": "s16le", "sample_rate": 16000},
        ]
    )

    assert [stream.kind for stream in made.streams] == ["video", "audio"]
    assert directory.plan.expected.duration == 1.0
