"""Burned subtitles are drawn with the film's own fonts, and at their place."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from rooms import Room

from ffremote import ffmpeg

FONTS = Path(__file__).parent.parent / "media" / "F11" / "fonts.mkv"


def frame(binaries: ffmpeg.Binaries, path: Path, at: float) -> bytes:
    """Return one picture of the result as gray bytes."""
    words = [binaries.ffmpeg, "-v", "error", "-ss", str(at), "-i", path, "-frames:v", "1"]
    raw = ["-pix_fmt", "gray", "-f", "rawvideo", "-"]
    return subprocess.run([*words, *raw], check=True, capture_output=True).stdout


def test_an_attached_font_is_used(
    enter: Callable[[Path], Room], binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.mkv"
    words = [binaries.ffmpeg, "-v", "error", "-i", FONTS, "-map", "0:v", "-map", "0:s"]
    subprocess.run([*words, "-c", "copy", bare], check=True, stdin=subprocess.DEVNULL)
    job = {"subtitles": {"mode": "burn"}, "video": {"preset": "ultrafast", "crf": 10}}
    room = enter(FONTS)

    room.run(**job)
    with_font = frame(binaries, room.result, 1.5)
    shutil.copyfile(bare, room.path / "input")
    room.run(**job)
    without = frame(binaries, room.result, 1.5)

    log = room.log.getvalue().decode()
    assert "Loading font file" in log and "/fonts/0'" in log
    assert with_font != without
    assert [each.name for each in room.path.glob("*/fonts/*")] == ["0"]


def test_a_film_without_fonts_makes_no_folder_for_them(
    enter: Callable[[Path], Room], binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    words = [binaries.ffmpeg, "-v", "error", "-i", FONTS, "-map", "0:v", "-map", "0:s"]
    bare = tmp_path / "bare.mkv"
    subprocess.run([*words, "-c", "copy", bare], check=True, stdin=subprocess.DEVNULL)
    room = enter(bare)

    room.run(subtitles={"mode": "burn"}, video={"preset": "ultrafast"})

    assert room.plan.folders == ()
    assert "fontsdir" not in room.plan.command
