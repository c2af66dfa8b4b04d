"""Picture files as inputs: shown as video, or as covers of the result."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.ffmpeg import Limits, MediaInfo, Stream, TranscodeError
from ffremote.ffmpeg.policy.tables import table
from tests.support import plans
from tests.support.job_directory import JobDirectory
from tests.support.plans import SMALL, SONG, maps

PNG = MediaInfo("png_pipe", None, (Stream(0, "video", "png", 64, 48, 25.0, "rgb24"),))
ENDLESS = {"loop": -1}
ABLE = replace(
    plans.ABLE,
    decoders=dict(plans.ABLE.decoders) | {"png": ("png",)},
    filters=frozenset(table("filters")) | frozenset(table("graph_filters")),
    options=frozenset(table("options")),
)


def plan(*infos: MediaInfo, **job: Any) -> ffmpeg.Plan:
    inputs = job.pop("inputs", [{} for _ in infos])
    asked = spec.build_job({"output_filename": "out.mp4", "inputs": inputs, **job})
    return ffmpeg.plan(asked, list(infos), ABLE, Limits(), attempt="try1")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, build: ffmpeg.Binaries) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    words = "-f lavfi -i testsrc=s=64x48 -f lavfi -i sine=d=3 -map 0 -frames:v 1".split()
    outputs = "-f image2pipe -c:v png a.png -map 0 -frames:v 1 -f image2pipe -c:v mjpeg a.jpg"
    sound = "-map 1 a.flac"
    argv = [build.ffmpeg, "-v", "error", *words, *outputs.split(), *sound.split()]
    subprocess.run(argv, cwd=folder, check=True)
    return folder


def test_a_picture_is_repeated_by_its_own_demuxer() -> None:
    planned = plan(PNG, SONG, inputs=[ENDLESS, {}], extra_args=["-shortest"])

    words = " ".join(planned.passes[-1].argv)
    assert "-loop 1 -f png_pipe -i file:inputs/0/input" in words
    assert planned.expected.duration == 30.0


@pytest.mark.parametrize(
    ("inputs", "more", "seconds"),
    [
        ([{"loop": -1, "duration": 5}, {}], {}, 30.0),
        ([{"loop": -1, "duration": 5, "fps": "2"}, {}], {"audio": False}, 5.0),
        ([ENDLESS, {}], {"extra_args": ["-t", "7"]}, 7.0),
        ([ENDLESS, {}], {"extra_args": ["-t", "7", "-shortest"]}, 7.0),
        ([ENDLESS, {}], {"extra_args": ["-to", "7"]}, None),
    ],
)
def test_the_length_of_a_shown_picture_is_predicted(
    inputs: list[dict[str, Any]], more: dict[str, Any], seconds: float | None
) -> None:
    assert plan(PNG, SONG, inputs=inputs, **more).expected.duration == seconds


@pytest.mark.parametrize(
    "job",
    [
        {"extra_args": ["-shortest"], "streams": ["0:v"]},
        {"extra_args": ["-frames:v", "9"]},
        {"graph": "[1:v][0:v]overlay"},
        {"graph": "[1:v][0:v]overlay[v]", "extra_args": ["-shortest"], "streams": ["[v]"]},
        {"graph": "[0:v]hflip[v]", "streams": ["[v]", "1:v"]},
    ],
)
def test_a_result_that_would_not_end_is_refused(job: dict[str, Any]) -> None:
    second = SONG if "graph" not in job else SMALL

    with pytest.raises(TranscodeError, match=r"inputs\[0\].loop is without end, and nothing ends"):
        plan(PNG, second, inputs=[ENDLESS, {}], **job)


@pytest.mark.parametrize(
    "graph",
    [
        "[1:v][0:v]overlay=shortest=1",
        "[0:v]trim=duration=3[a];[a][1:v]hstack",
        "[0:v][1:v]xfade=duration=1:offset=2",
        "[0:v][1:v]xfade=duration=2:offset=2",
    ],
)
def test_a_graph_may_end_the_result(graph: str) -> None:
    plan(PNG, SMALL, inputs=[ENDLESS, {}], graph=graph)


def test_a_stream_that_is_split_and_joined_many_times_is_followed_once() -> None:
    levels = [f"[v{n}]split[a{n}][b{n}];[a{n}][b{n}]blend[v{n + 1}]" for n in range(30)]
    graph = ";".join(["[0:v]null[v0]", *levels])

    with pytest.raises(TranscodeError, match="without end"):
        plan(PNG, SONG, inputs=[ENDLESS, {}], graph=graph, streams=["[v30]"])


@pytest.mark.parametrize("name", ["mp3", "m4a", "flac"])
def test_a_picture_file_becomes_the_cover_of_an_audio_file(name: str) -> None:
    planned = plan(PNG, SONG, output_filename=f"a.{name}", streams=["0", "1"])

    assert maps(planned) == ["1:0", "0:0"]
    assert "-c:v:0 copy -disposition:v:0 attached_pic" in " ".join(planned.passes[-1].argv)


def test_beside_a_video_a_picture_is_a_cover_if_it_is_marked() -> None:
    mark = ["-disposition:v:0", "attached_pic"]
    marked = plan(PNG, SMALL, streams=["0", "1"], extra_args=mark)
    plain = plan(PNG, SMALL, streams=["0", "1"])

    words = " ".join(marked.passes[-1].argv)
    assert maps(marked) == ["1:0", "0:0"]
    assert "-disposition:v:1 attached_pic" in words
    assert "-disposition:v:0" not in words
    assert "-disposition:v:0" not in plain.passes[-1].argv


@pytest.mark.parametrize("picture", ["a.png", "a.jpg"])
def test_a_picture_is_shown_until_the_sound_ends(
    open_job: Callable[..., JobDirectory], files: Path, picture: str
) -> None:
    job = open_job(files / picture, files / "a.flac")
    inputs = [{"loop": -1, "fps": "5"}, {}]

    made = job.run(inputs=inputs, video={"pix_fmt": "yuv420p"}, extra_args=["-t", "3"])

    assert [stream.kind for stream in made.streams] == ["video", "audio"]
    assert made.duration == pytest.approx(3, abs=0.3)
    assert job.warnings == ()


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.flac"])
def test_a_cover_is_in_the_file(
    open_job: Callable[..., JobDirectory], files: Path, name: str
) -> None:
    job = open_job(files / "a.flac", files / "a.jpg")

    made = job.run(output_filename=name, inputs=[{}, {}], streams=["0:a", "1:v"])

    assert [(s.kind, s.is_picture) for s in made.streams] == [("audio", False), ("video", True)]
    assert job.warnings == ()
