"""Fonts, LUTs and subtitles as inputs: their argv, and what they do to the picture."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg import TranscodeError
from ffremote.ffmpeg.sandbox import sandbox
from tests.support import side_files
from tests.support.job_directory import JobDirectory

OpenJob = Callable[..., JobDirectory]
FONT = next(sandbox.FONTS.glob("*.ttf"))
LOSSLESS = {"codec": "ffv1"}
RED, BLUE, CYAN = (255, 0, 0), (0, 0, 255), (0, 255, 255)
LUTS = {
    "cube": (side_files.swapped_cube(), BLUE),
    "csp": (side_files.csp(), RED),
    "m3d": (side_files.m3d(), RED),
    "dat": (side_files.dat(), RED),
    "3dl": (side_files.threedl(), RED),
}


@pytest.fixture(scope="session")
def red(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a second of red, without loss."""
    path = tmp_path_factory.mktemp("red") / "red.mkv"
    source = "color=red:size=64x48:rate=10:duration=0.5,format=gbrp"
    words = ["-v", "error", "-f", "lavfi", "-i", source, "-c:v", "ffv1", path]
    subprocess.run([binaries.ffmpeg, *words], check=True)
    return path


def colours(job: JobDirectory) -> set[tuple[int, ...]]:
    """Return the colours of the first picture of the result."""
    words = ["-v", "error", "-i", job.result, "-frames:v", "1", "-f", "rawvideo"]
    argv = [job.runtime.binaries.ffmpeg, *words, "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(argv, check=True, stdout=subprocess.PIPE).stdout
    return set(zip(raw[::3], raw[1::3], raw[2::3], strict=True))


def run(job: JobDirectory, *roles: str, **more: Any) -> None:
    inputs = [{"role": role} for role in ("media", *roles)]
    job.run(**{"output_filename": "o.mkv", "inputs": inputs, "video": LOSSLESS, **more})


def filters(*texts: str) -> dict[str, Any]:
    return {"video": {**LOSSLESS, "filters": list(texts)}}


@pytest.mark.parametrize(
    "kind", ["cube", *(pytest.param(k, marks=pytest.mark.wide) for k in LUTS if k != "cube")]
)
def test_a_lut_changes_the_colours(kind: str, open_job: OpenJob, red: Path) -> None:
    content, expected = LUTS[kind]
    job = open_job(red, content)

    run(job, "lut", **filters("lut3d=input=1:interp=trilinear"))

    assert colours(job) == {expected}
    assert "-filter:v lut3d=file=try1/lut1.cube:interp=trilinear -c:v" in job.plan.command
    assert job.plan.command.startswith("cp inputs/1/input try1/lut1.cube && ffmpeg ")
    assert "file:inputs/1" not in job.plan.command
    assert job.warnings == ()


def test_a_lut_of_one_dimension_and_a_graph_use_the_same_inputs(
    open_job: OpenJob, red: Path
) -> None:
    job = open_job(red, side_files.curve(), side_files.swapped_cube())

    run(job, "lut", "lut", graph="[0:v]lut1d=1,lut3d=input=2[v]", streams=["[v]"])

    assert colours(job) == {(255, 255, 0)}
    assert "lut1d=file=try1/lut1.cube,lut3d=file=try1/lut2.cube" in job.plan.command


@pytest.mark.parametrize(
    ("roles", "job", "message"),
    [
        (
            ["lut"],
            filters("lut1d=input=1"),
            "video.filters[0]: input 1 is a table of 3 dimensions; write lut3d=input=1.",
        ),
        (
            ["lut"],
            {"graph": "[0:v]lut1d=input=1"},
            "graph: input 1 is a table of 3 dimensions; write lut3d=input=1.",
        ),
    ],
)
def test_a_lut_of_other_dimensions_is_refused_with_the_right_filter(
    roles: list[str], job: dict[str, Any], message: str, open_job: OpenJob, red: Path
) -> None:
    with pytest.raises(TranscodeError) as caught:
        run(open_job(red, side_files.cube()), *roles, **job)

    assert caught.value.failure.message == message


def test_text_is_drawn_with_the_font_of_an_input(open_job: OpenJob, red: Path) -> None:
    job = open_job(red, FONT)
    if "drawtext" not in job.capabilities.filters:
        pytest.skip("this FFmpeg has no drawtext")

    run(job, "font", **filters("hue=h=0", "drawtext=input=1:text=MM:fontsize=40:fontcolor=blue"))

    assert BLUE in colours(job)
    assert "drawtext=fontfile=inputs/1/input:text=MM:" in job.plan.command


def test_what_is_no_font_fails_the_job_before_ffmpeg_starts(open_job: OpenJob, red: Path) -> None:
    job = open_job(red, b"OTTO" + bytes(60))

    with pytest.raises(TranscodeError) as caught:
        run(job, "font", **filters("drawtext=input=1:text=MM"))

    assert caught.value.failure.reason == "unsupported_input"
    assert job.log.getvalue() == b""


def test_subtitles_are_burned_in_with_the_font_of_an_input(open_job: OpenJob, red: Path) -> None:
    text = b"1\n00:00:00,000 --> 00:00:00,900\nMM\n"
    job = open_job(red, text, FONT)
    if "ass" not in job.capabilities.filters:
        pytest.skip("this FFmpeg has no libass")

    run(job, "subtitle", "font", subtitles={"mode": "burn", "input": 1})

    assert len(colours(job)) > 1
    assert "ass=filename=try1/subtitles.ass:fontsdir=try1/fonts -c:v" in job.plan.command
    assert b"Loading font file 'try1/fonts/input2'" in job.log.getvalue()
    assert job.plan.warnings == ()


def test_a_subtitle_input_becomes_a_track(open_job: OpenJob, red: Path) -> None:
    job = open_job(red, b"WEBVTT\n\n00:00.000 --> 00:00.900\nHello\n")

    run(job, "subtitle", subtitles={"mode": "convert", "codec": "srt"})

    assert [stream.codec for stream in job.infos[1].streams] == ["webvtt"]
    assert "-format_whitelist webvtt" in job.plan.command


def test_only_subtitles_are_read_from_a_subtitle_input(open_job: OpenJob, red: Path) -> None:
    job = open_job(red, red)

    with pytest.raises(TranscodeError) as caught:
        run(job, "subtitle")

    assert caught.value.failure.reason == "unsupported_input"


def test_files_that_nothing_uses_are_named(open_job: OpenJob, red: Path) -> None:
    job = open_job(red, side_files.cube(), FONT)

    run(job, "lut", "font")

    assert job.plan.warnings == (
        "Input 1, a LUT, is not used: no filter names it, as in `lut3d=input=1`.",
        "Input 2, a font, is not used: no filter names it, as in `drawtext=input=2`.",
    )
