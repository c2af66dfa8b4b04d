"""Burned subtitles are drawn with the fonts of the input, and at their place."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote import ffmpeg
from tests.support.job_directory import JobDirectory
from tests.support.paths import MEDIA
from tests.support.pgs import picture_subtitle

FONTS = MEDIA / "F11" / "fonts.mkv"


def frame(binaries: ffmpeg.Binaries, path: Path, at: float) -> bytes:
    """Return one frame of the result as gray bytes."""
    words = [binaries.ffmpeg, "-v", "error", "-ss", str(at), "-i", path, "-frames:v", "1"]
    raw = ["-pix_fmt", "gray", "-f", "rawvideo", "-"]
    return subprocess.run([*words, *raw], check=True, capture_output=True).stdout


def test_an_attached_font_is_used(
    open_job: Callable[[Path], JobDirectory], binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.mkv"
    words = [binaries.ffmpeg, "-v", "error", "-i", FONTS, "-map", "0:v", "-map", "0:s"]
    subprocess.run([*words, "-c", "copy", bare], check=True, stdin=subprocess.DEVNULL)
    job = {"subtitles": {"mode": "burn"}, "video": {"preset": "ultrafast", "crf": 10}}
    directory = open_job(FONTS)

    directory.run(**job)
    with_font = frame(binaries, directory.result, 1.5)
    shutil.copyfile(bare, directory.path / "input")
    directory.run(**job)
    without = frame(binaries, directory.result, 1.5)

    log = directory.log.getvalue().decode()
    assert "Loading font file" in log and "/fonts/0'" in log
    assert with_font != without
    assert [each.name for each in directory.path.glob("*/fonts/*")] == ["0"]


def test_an_input_without_fonts_has_no_font_folder(
    open_job: Callable[[Path], JobDirectory], binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    words = [binaries.ffmpeg, "-v", "error", "-i", FONTS, "-map", "0:v", "-map", "0:s"]
    bare = tmp_path / "bare.mkv"
    subprocess.run([*words, "-c", "copy", bare], check=True, stdin=subprocess.DEVNULL)
    directory = open_job(bare)

    directory.run(subtitles={"mode": "burn"}, video={"preset": "ultrafast"})

    assert directory.plan.folders == ()
    assert "fontsdir" not in directory.plan.command


SRT = "1\n00:00:00,000 --> 00:00:02,000\nMMMM\n"


def test_subtitles_without_styles_get_that_of_the_job_before_or_behind_the_filters(
    open_job: Callable[..., JobDirectory], binaries: ffmpeg.Binaries, clip: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.srt").write_text(SRT)
    job = {
        "inputs": [{}, {"role": "subtitle"}],
        "video": {"preset": "ultrafast", "crf": 10, "filters": ["vflip"]},
        "audio": False,
    }
    section = {"mode": "burn", "input": 1}
    directory = open_job(clip, tmp_path / "a.srt")

    frames = []
    for more in ({}, {"style": "FontSize=80,PrimaryColour=&H00FFFFFF"}, {"before_filters": True}):
        directory.run(**job, subtitles={**section, **more})
        frames.append(frame(binaries, directory.result, 0.5))

    assert len({*frames}) == 3
    assert "ass=filename" in directory.plan.command
    assert directory.plan.command.index("ass=filename") < directory.plan.command.index("vflip")


@pytest.mark.parametrize(
    ("source", "canvas", "box", "inside", "outside"),
    [
        ((160, 90), (160, 90), (60, 70, 40, 10), (80, 75), (80, 20)),
        ((160, 90), (320, 180), (120, 140, 80, 20), (80, 75), (80, 20)),
        ((160, 60), (320, 180), (120, 140, 80, 20), (80, 50), (80, 10)),
        ((320, 180), (160, 90), (60, 70, 40, 10), (160, 150), (160, 40)),
    ],
)
def test_subtitles_of_another_canvas_are_burned_at_their_place(
    open_job: Callable[[Path], JobDirectory],
    binaries: ffmpeg.Binaries,
    tmp_path: Path,
    source: tuple[int, int],
    canvas: tuple[int, int],
    box: tuple[int, int, int, int],
    inside: tuple[int, int],
    outside: tuple[int, int],
) -> None:
    (tmp_path / "a.sup").write_bytes(picture_subtitle(*canvas, box))
    black = f"color=black:s={source[0]}x{source[1]}:r=10:d=2"
    words = [binaries.ffmpeg, "-v", "error", "-f", "lavfi", "-i", black, "-i", tmp_path / "a.sup"]
    codecs = "-map 0 -map 1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:s copy".split()
    subprocess.run([*words, *codecs, tmp_path / "a.mkv"], check=True, stdin=subprocess.DEVNULL)
    directory = open_job(tmp_path / "a.mkv")

    directory.run(subtitles={"mode": "burn"}, video={"preset": "ultrafast"})

    gray = frame(binaries, directory.result, 0.5)
    assert gray[inside[1] * source[0] + inside[0]] > 150
    assert gray[outside[1] * source[0] + outside[0]] < 60


@pytest.mark.parametrize(
    ("video", "warned"), [({"scale": "80:46"}, False), ({"crop": "160:40"}, True)]
)
def test_picture_subtitles_of_a_cropped_video_are_a_warning(
    open_job: Callable[[Path], JobDirectory],
    binaries: ffmpeg.Binaries,
    tmp_path: Path,
    video: dict[str, str],
    warned: bool,
) -> None:
    (tmp_path / "a.sup").write_bytes(picture_subtitle(160, 90, (60, 70, 40, 10)))
    black = "color=black:s=160x90:r=10:d=2"
    words = [binaries.ffmpeg, "-v", "error", "-f", "lavfi", "-i", black, "-i", tmp_path / "a.sup"]
    codecs = "-map 0 -map 1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:s copy".split()
    subprocess.run([*words, *codecs, tmp_path / "a.mkv"], check=True, stdin=subprocess.DEVNULL)
    directory = open_job(tmp_path / "a.mkv")

    directory.run(output_filename="a.mkv", subtitles={"mode": "copy"}, video=video)

    named = (
        "The position of bitmap subtitles is lost (stream 1 of the input): the frame has another"
        " shape now; `--subtitles burn` (`subtitles.mode`) keeps it."
    )
    assert (named in directory.warnings) is warned
