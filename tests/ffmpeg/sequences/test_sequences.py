"""Pictures in an archive become one video: their formats, rates, sizes and parts."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg import TranscodeError
from ffremote.ffmpeg.model.picture_sequence import EXTENSIONS
from ffremote.states import FailureReason, Phase
from tests.support.job_directory import JobDirectory
from tests.support.picture_archives import archive_of, png

OpenJob = Callable[..., JobDirectory]
SHADES = [archive_of(png(32, 32, 8 * n) for n in range(12))]
COMMON = ("png", "mjpeg")


def sequence(**fields: Any) -> dict[str, Any]:
    return {"role": "sequence", **fields}


def frames(path: Path, binaries: ffmpeg.Binaries) -> list[str]:
    """Return the digests of the frames of a lossless video."""
    argv = [str(binaries.ffmpeg), "-v", "error", "-i", str(path), "-f", "framemd5", "-"]
    shown = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    return [line.rpartition(",")[2].strip() for line in shown.splitlines() if line[:1] != "#"]


def test_pictures_become_a_video_of_25_frames_a_second(open_job: OpenJob) -> None:
    directory = open_job(*SHADES)

    made = directory.run(input=sequence())

    assert directory.info.pictures == 12
    assert made.video_streams[0].fps == 25
    assert made.duration == pytest.approx(12 / 25, abs=0.01)
    assert directory.doubts == ()


def test_the_command_reads_only_our_names_of_the_pictures(open_job: OpenJob) -> None:
    directory = open_job(*SHADES)

    directory.run(input=sequence(fps="10", start=0.2, duration=0.5))

    assert (
        " ".join(directory.plan.passes[0].argv)
        .partition(" -i ")[0]
        .endswith(
            f"-threads {directory.runtime.limits.threads} -framerate 10 -pattern_type sequence"
            " -start_number 1"
            " -ss 0.2 -t 0.5 -f image2"
        )
    )
    assert "file:try1/sequence0/%08d.png" in directory.plan.passes[0].argv
    assert "-format_whitelist image2 " in directory.plan.command


@pytest.mark.parametrize(
    ("fields", "count", "seconds"),
    [
        ({"fps": "5"}, 12, 2.4),
        ({"fps": "30000/1001"}, 12, 0.4),
        ({"fps": "4", "start": 1}, 8, 2.0),
        ({"fps": "4", "duration": 1}, 4, 1.0),
        ({"fps": "4", "start": 1, "end": 2}, 4, 1.0),
        ({"fps": "4", "end_offset": 1}, 4, 1.0),
        ({"fps": "4", "loop": 1}, 24, 6.0),
        ({"fps": "4", "loop": -1, "duration": 5}, 20, 5.0),
    ],
)
def test_rate_and_part_are_those_of_the_input(
    open_job: OpenJob,
    binaries: ffmpeg.Binaries,
    fields: dict[str, Any],
    count: int,
    seconds: float,
) -> None:
    directory = open_job(*SHADES)

    made = directory.run(
        output_filename="out.mkv", input=sequence(**fields), video={"codec": "ffv1"}
    )

    assert made.duration == pytest.approx(seconds, abs=0.02)
    assert len(frames(directory.result, binaries)) == count
    assert directory.doubts == ()


@pytest.mark.parametrize(
    "codec",
    [
        codec if codec in COMMON else pytest.param(codec, marks=pytest.mark.wide)
        for codec in EXTENSIONS
    ],
)
def test_every_format_is_read(
    open_job: OpenJob, binaries: ffmpeg.Binaries, tmp_path: Path, codec: str
) -> None:
    extension = EXTENSIONS[codec]
    pictures = made_pictures(binaries, tmp_path, extension)
    directory = open_job(archive_of(pictures, extension))

    made = directory.run(output_filename="out.mp4", input=sequence(fps="5"))

    assert directory.info.streams[0].codec == codec
    assert made.duration == pytest.approx(1.0, abs=0.01)


def made_pictures(binaries: ffmpeg.Binaries, folder: Path, extension: str) -> list[bytes]:
    """Return five pictures that FFmpeg wrote; skip if this one cannot."""
    argv = [str(binaries.ffmpeg), "-v", "error", "-f", "lavfi", "-i", "testsrc=s=64x48:r=5"]
    argv += ["-c:v", "libwebp"] if extension == "webp" else []
    argv += ["-frames:v", "5", "-f", "image2", str(folder / f"%d.{extension}")]
    if subprocess.run(argv, capture_output=True, check=False).returncode:
        pytest.skip(f"this FFmpeg writes no {extension}")
    return [(folder / f"{number}.{extension}").read_bytes() for number in range(1, 6)]


def test_pictures_of_other_sizes_are_scaled_to_the_first(
    open_job: OpenJob, binaries: ffmpeg.Binaries
) -> None:
    directory = open_job(archive_of([png(64, 48), png(32, 32, 99), png(96, 20, 200)]))

    made = directory.run(output_filename="out.mkv", input=sequence(), video={"codec": "ffv1"})

    assert (made.video_streams[0].width, made.video_streams[0].height) == (64, 48)
    assert len(frames(directory.result, binaries)) == 3


def test_one_picture_is_a_sequence(open_job: OpenJob) -> None:
    made = open_job(archive_of([png()])).run(input=sequence(fps="1"))

    assert made.duration == pytest.approx(1.0, abs=0.01)


def test_a_misnamed_picture_is_read_by_its_content(
    open_job: OpenJob, binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    directory = open_job(archive_of(made_pictures(binaries, tmp_path, "jpg"), "png"))

    directory.run(input=sequence())

    assert directory.info.streams[0].codec == "mjpeg"


def test_a_sequence_and_a_sound_become_one_file(open_job: OpenJob, clip: Path) -> None:
    directory = open_job(*SHADES, clip)

    made = directory.run(inputs=[sequence(fps="6"), {}], streams=["0:v", "1:a"])

    assert [stream.kind for stream in made.streams] == ["video", "audio"]
    assert "inputs/1/input" in directory.plan.command


def test_a_graph_reads_two_sequences(open_job: OpenJob) -> None:
    directory = open_job(*SHADES, *SHADES)

    made = directory.run(
        inputs=[sequence(fps="6"), sequence(fps="12")], graph="[0:v][1:v]hstack=shortest=1[v]"
    )

    assert made.video_streams[0].width == 64
    assert made.duration == pytest.approx(1.0, abs=0.1)


def test_a_sequence_is_joined_with_a_video(open_job: OpenJob, clip: Path) -> None:
    directory = open_job(*SHADES, clip)

    made = directory.run(inputs=[sequence(fps="6"), {"duration": 1}], concat="encode")

    assert made.duration == pytest.approx(3.0, abs=0.2)


def test_a_poster_is_one_of_the_pictures(open_job: OpenJob) -> None:
    directory = open_job(*SHADES)

    made = directory.run(output_filename="p.png", input=sequence(fps="2"), thumbnail={"at": 3})

    assert made.video_streams[0].width == 32


def test_a_broken_picture_in_the_middle_is_a_warning(open_job: OpenJob) -> None:
    pictures = [png(64, 64, 8 * n) for n in range(10)]
    pictures[5] = pictures[5][:40] + bytes(len(pictures[5]) - 40)
    directory = open_job(archive_of(pictures))

    directory.run(input=sequence())

    assert any("could not be decoded" in each for each in directory.warnings)


def test_pictures_that_cannot_be_decoded_fail_the_job(open_job: OpenJob) -> None:
    directory = open_job(archive_of([b"\x89PNG\r\n\x1a\n" + bytes(80)] * 3))

    with pytest.raises(TranscodeError):
        directory.run(input=sequence())


def test_an_archive_without_space_for_its_pictures_is_refused(
    open_job: OpenJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = open_job(*SHADES)
    monkeypatch.setattr(
        "ffremote.ffmpeg.sequences.unpacking.shutil.disk_usage",
        lambda _path: type("Usage", (), {"free": 100})(),
    )

    with pytest.raises(TranscodeError) as failed:
        directory.run(input=sequence())

    assert failed.value.failure.reason is FailureReason.DISK_FULL


def test_the_program_ends_when_the_job_is_stopped(open_job: OpenJob) -> None:
    class StopRun(Exception):
        """Raised by the heartbeat."""

    reports = []

    def stop(report: ffmpeg.Report) -> None:
        reports.append(report)
        raise StopRun

    with pytest.raises(StopRun):
        open_job(*SHADES).run(input=sequence(), on_progress=stop)

    assert [each.phase for each in reports] == [Phase.PROBING]
