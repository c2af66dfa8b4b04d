"""Fields of the job, each run with FFmpeg and checked in the result."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.ffmpeg.runtime import Runtime
from tests.support.job_directory import JobDirectory
from tests.support.matrices import sampled

SUBTITLES = "1\n00:00:00,100 --> 00:00:00,900\nHello\n\n2\n00:00:01,000 --> 00:00:01,900\nWorld\n"

Shapes = list[tuple[str, str, int | None, int | None]]
FAST = {"preset": "ultrafast"}


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds with a video, two audio tracks (one quiet) and subtitles, in Matroska."""
    folder = tmp_path_factory.mktemp("rich")
    (folder / "s.srt").write_text(SUBTITLES)
    inputs = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2"]
    inputs += ["-f", "lavfi", "-i", "sine=440:d=2", "-f", "lavfi", "-i", "sine=880:d=2"]
    inputs += ["-i", str(folder / "s.srt")]
    maps = ["-map", "0", "-map", "1", "-map", "2", "-map", "3", "-filter:a:1", "volume=0.1"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    codecs += ["-metadata", "title=secret title", "-c:s", "srt"]
    made = folder / "rich.mkv"
    program = ffmpeg.locate(Settings()).ffmpeg
    subprocess.run(
        [program, "-v", "error", *inputs, *maps, *codecs, made],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return made


@pytest.fixture
def directory(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, rich: Path, tmp_path: Path
) -> JobDirectory:
    """A job's directory with the rich file as its input."""
    return JobDirectory(runtime, capabilities, tmp_path, rich)


V, A = ("video", "h264", 320, 180), ("audio", "aac", None, None)
JOBS: list[tuple[dict[str, Any], Shapes, float | None]] = [
    ({"video": {"bitrate": "300k", "two_pass": True, **FAST}}, [V, A], 2),
    (
        {"video": {"codec": "libx265", "bitrate": "300k", "two_pass": True, **FAST}},
        [("video", "hevc", 320, 180), A],
        2,
    ),
    ({"video": {"codec": "av1", "preset": 12}}, [("video", "av1", 320, 180), A], 2),
    ({"video": {"codec": "copy"}, "audio": {"volume": "-3dB", "channels": 1}}, [V, A], 2),
    (
        {"video": {"crop": "160:90", "rotate": 90, "deinterlace": True, **FAST}},
        [("video", "h264", 90, 160), A],
        2,
    ),
    ({"video": {"scale": "50%", **FAST}}, [("video", "h264", 160, 90), A], 2),
    ({"input": {"start": 0.5, "duration": 1}, "video": FAST}, [V, A], 1),
    (
        {
            "video": {"filters": ["setpts=0.5*PTS"], **FAST},
            "audio": {"filters": ["atempo=2"]},
        },
        [V, A],
        1,
    ),
    (
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "subtitles": {}},
        [V, A, ("subtitle", "mov_text", None, None)],
        2,
    ),
    (
        {
            "container": "mkv",
            "streams": ["0:v", "0:a:1", "0:s?"],
            "video": {"codec": "copy"},
            "audio": {"codec": "flac"},
            "subtitles": {"mode": "copy"},
        },
        [V, ("audio", "flac", None, None), ("subtitle", "subrip", None, None)],
        2,
    ),
    ({"output_filename": "a.vtt"}, [("subtitle", "webvtt", None, None)], None),
    (
        {"output_filename": "a.jpg", "thumbnail": {"at": 1, "width": 100}},
        [("video", "mjpeg", 100, 56)],
        None,
    ),
    ({"preset": "gif"}, [("video", "gif", 480, 270)], 2),
    ({"preset": "thumbnail"}, [("video", "mjpeg", 640, 360)], None),
    ({"preset": "web-480p"}, [V, A], 2),
    ({"preset": "mp3"}, [("audio", "mp3", None, None)], 2),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("job", "shapes", "duration"), sampled(JOBS, 0, 4, 7, 9, 10, 11), ids=range(len(JOBS))
)
def test_a_job_produces_its_streams(
    directory: JobDirectory, job: dict[str, Any], shapes: Shapes, duration: float | None
) -> None:
    made = directory.run(**job)

    assert [(s.kind, s.codec, s.width, s.height) for s in made.streams] == shapes
    if duration is not None:
        assert made.duration == pytest.approx(duration, abs=0.2)
        assert directory.plan.expected.duration == pytest.approx(duration, abs=0.1)
    assert directory.outcome.errors == 0, directory.log.getvalue().decode()


def test_loudness_is_measured_and_then_corrected(directory: JobDirectory) -> None:
    directory.run(output_filename="a.wav", audio={"loudness": -16, "track": 1})

    output = subprocess.run(
        [
            directory.runtime.binaries.ffmpeg,
            *("-hide_banner", "-nostdin", "-i", directory.path / "try1" / "out.wav"),
            *("-af", "ebur128", "-f", "null", "-"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    loudness = float(output.rpartition("I:")[2].split()[0])
    assert loudness == pytest.approx(-16, abs=1)
    assert b"$ ffmpeg" in directory.log.getvalue()
    assert b"measured_I=" in directory.log.getvalue()


def test_stripping_and_setting_metadata(directory: JobDirectory) -> None:
    title = 'It\'s "mine": 50% of [a], b; c\\d'
    directory.run(
        strip_metadata=True,
        metadata={"comment": title},
        video={"codec": "copy"},
        audio={"codec": "copy"},
    )

    output = subprocess.run(
        [
            directory.runtime.binaries.ffprobe,
            *("-v", "error", "-show_entries", "format_tags=title,comment"),
            *("-of", "default=nw=1:nk=1", directory.path / "try1" / "out.mp4"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert output.strip() == title


def test_burned_subtitles_change_the_picture(
    directory: JobDirectory, capabilities: ffmpeg.Capabilities
) -> None:
    job = {"subtitles": {"mode": "burn"}, "video": FAST, "audio": False}
    if "subtitles" not in capabilities.filters:
        with pytest.raises(ffmpeg.TranscodeError) as caught:
            directory.run(**job)
        assert caught.value.failure.reason == "bad_filter"
        assert "built without libass" in caught.value.failure.message
        return

    made = directory.run(**job)

    assert [stream.kind for stream in made.streams] == ["video"]
    assert (directory.path / "try1" / "subtitles.ass").exists()
    assert directory.plan.passes[0].weight < 0.1


def test_an_odd_size_is_cropped_to_an_even_one_with_a_warning(directory: JobDirectory) -> None:
    made = directory.run(video={"scale": "161:91", "pix_fmt": "yuv420p"} | FAST)

    video = made.of_kind("video")[0]
    assert (video.width, video.height) == (160, 90)
    warning = "The picture is cropped from 161x91 to 160x90: libx264 supports even sizes only."
    assert warning in directory.plan.warnings


def test_a_start_past_the_end_is_an_error(directory: JobDirectory) -> None:
    with pytest.raises(ffmpeg.TranscodeError) as caught:
        directory.run(input={"start": 100})

    assert caught.value.failure.reason == "output_truncated"
    assert caught.value.failure.message.startswith(
        "The result is empty: the input has no data after input.start (100 s)."
    )
