"""Fields of the job, each run for real and looked at in the result."""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.config import Settings
from ffremote.ffmpeg.runtime import Runtime

SUBTITLES = "1\n00:00:00,100 --> 00:00:00,900\nHello\n\n2\n00:00:01,000 --> 00:00:01,900\nWorld\n"
PRESETS = spec.presets.load(Settings())
Shapes = list[tuple[str, str, int | None, int | None]]
FAST = {"preset": "ultrafast"}


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds with one picture, two sounds (one quiet) and subtitles, in Matroska."""
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


class Bench:
    """Runs jobs on one input."""

    def __init__(self, runtime: Runtime, able: ffmpeg.Capabilities, room: Path) -> None:
        self.runtime, self.able, self.room = runtime, able, room
        self.log = io.BytesIO()

    def run(self, job: dict[str, Any]) -> ffmpeg.MediaInfo:
        asked = spec.build_job({"output_filename": "out.mp4", **job}, presets=PRESETS)
        info = ffmpeg.probe(self.runtime, self.room, "input", on_progress=lambda report: None)
        self.plan = ffmpeg.plan(asked, info, self.able, self.runtime.limits, attempt="try1")
        self.outcome = ffmpeg.run(
            self.runtime,
            self.plan,
            cwd=self.room,
            log=self.log,
            on_progress=lambda report: None,
            tick_seconds=0.2,
        )
        made = ffmpeg.verify(
            self.runtime, self.plan, cwd=self.room, on_progress=lambda report: None
        )
        self.warnings = ffmpeg.check_complete(self.plan.expected, made, self.outcome.evidence)
        return made


@pytest.fixture
def bench(runtime: Runtime, capabilities: ffmpeg.Capabilities, rich: Path, tmp_path: Path) -> Bench:
    """A bench with the rich file as its input."""
    (tmp_path / "try1").mkdir()
    shutil.copyfile(rich, tmp_path / "input")
    return Bench(runtime, capabilities, tmp_path)


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
@pytest.mark.parametrize(("job", "shapes", "duration"), JOBS, ids=range(len(JOBS)))
def test_a_job_makes_what_it_says(
    bench: Bench, job: dict[str, Any], shapes: Shapes, duration: float | None
) -> None:
    made = bench.run(job)

    assert [(s.kind, s.codec, s.width, s.height) for s in made.streams] == shapes
    if duration is not None:
        assert made.duration == pytest.approx(duration, abs=0.2)
        assert bench.plan.expected.duration == pytest.approx(duration, abs=0.1)
    assert bench.outcome.errors == 0, bench.log.getvalue().decode()


def test_loudness_is_measured_and_then_corrected(bench: Bench) -> None:
    bench.run({"output_filename": "a.wav", "audio": {"loudness": -16, "track": 1}})

    shown = subprocess.run(
        [
            bench.runtime.binaries.ffmpeg,
            *("-hide_banner", "-nostdin", "-i", bench.room / "try1" / "out.wav"),
            *("-af", "ebur128", "-f", "null", "-"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    loudness = float(shown.rpartition("I:")[2].split()[0])
    assert loudness == pytest.approx(-16, abs=1)
    assert b"$ ffmpeg" in bench.log.getvalue()
    assert b"measured_I=" in bench.log.getvalue()


def test_stripping_and_setting_metadata(bench: Bench) -> None:
    title = 'It\'s "mine": 50% of [a], b; c\\d'
    bench.run(
        {
            "strip_metadata": True,
            "metadata": {"comment": title},
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
        }
    )

    shown = subprocess.run(
        [
            bench.runtime.binaries.ffprobe,
            *("-v", "error", "-show_entries", "format_tags=title,comment"),
            *("-of", "default=nw=1:nk=1", bench.room / "try1" / "out.mp4"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown.strip() == title


def test_burned_subtitles_change_the_picture(
    bench: Bench, capabilities: ffmpeg.Capabilities
) -> None:
    job = {"subtitles": {"mode": "burn"}, "video": FAST, "audio": False}
    if "subtitles" not in capabilities.filters:
        with pytest.raises(ffmpeg.TranscodeError) as caught:
            bench.run(job)
        assert caught.value.failure.reason == "bad_filter"
        assert "built without libass" in caught.value.failure.message
        return

    made = bench.run(job)

    assert [stream.kind for stream in made.streams] == ["video"]
    assert (bench.room / "try1" / "subtitles.ass").exists()
    assert bench.plan.passes[0].weight < 0.1


def test_an_odd_size_is_cut_to_an_even_one_and_the_client_is_told(bench: Bench) -> None:
    made = bench.run({"video": {"scale": "161:91", "pix_fmt": "yuv420p"} | FAST})

    film = made.of_kind("video")[0]
    assert (film.width, film.height) == (160, 90)
    said = "The picture is cut from 161x91 to 160x90: libx264 takes even sizes only."
    assert said in bench.plan.warnings


def test_a_start_behind_the_end_says_so(bench: Bench) -> None:
    with pytest.raises(ffmpeg.TranscodeError) as caught:
        bench.run({"input": {"start": 100}})

    assert caught.value.failure.reason == "output_truncated"
    assert caught.value.failure.message.startswith(
        "The result is empty: from input.start (100 s) on"
    )
