"""docs/recipes.md: the commands of its tasks run as they are written, on a real server."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ffremote import ffmpeg
from tests.support.paths import CHECKOUT
from tests.support.service import Service

PAGE = (CHECKOUT / "docs/recipes.md").read_text()
TASKS = {
    section.partition("\n")[0]: "\nwait\n".join(blocks)  # for what runs overnight
    for section in PAGE.split("\n## ")[1:]
    if (blocks := re.findall(r"^```sh try\n(.*?)^```", section, re.MULTILINE | re.DOTALL))
}
MADE = {
    "Phone videos": ["phone.mp4", "messages/a.mp4", "messages/b.mp4"],
    "A folder overnight": ["small/a.mp4", "small/b.mp4", "night.log"],
    "Talks at one loudness": ["talk-even.mp4", "talk.mp3"],
    "An audiobook": ["book.m4b"],
    "Subtitles out, in, and into the picture": [
        *("film.srt", "film.vtt", "with-track.mp4", "burned.mp4"),
    ],
    "GIFs and stickers": ["short.gif", "sticker.webp", "sticker.webm"],
    "Thumbnails for a site": ["thumbs/a.jpg", "pictures", "sprites/index.vtt"],
    "An archive with checks": ["tape.mkv", "tape.mkv.sha256"],
}
ALWAYS = "An archive with checks"
SUBTITLES = "1\n00:00:00,200 --> 00:00:01,500\nHello\n"


@pytest.fixture(scope="module")
def files(clip: Path, binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inputs that the tasks name."""
    folder = tmp_path_factory.mktemp("task files")
    (folder / "camera").mkdir()
    (folder / "words.srt").write_text(SUBTITLES)
    for name in ("phone.mov", "talk.mp4", "film.mp4", "camera/a.mov", "camera/b.mov"):
        (folder / name).write_bytes(clip.read_bytes())
    for options in (
        ["-i", clip, "-i", "words.srt", "-map", "0", "-map", "1", "-c", "copy", "film.mkv"],
        ["-i", clip, "-c:v", "copy", "-c:a", "pcm_s16le", "tape.mov"],
        ["-i", clip, "-vn", "-t", "1", "part1.mp3"],
        ["-i", clip, "-vn", "-t", "1", "part2.mp3"],
    ):
        argv = [binaries.ffmpeg, "-v", "error", *options]
        subprocess.run(argv, cwd=folder, check=True, stdin=subprocess.DEVNULL)
    (folder / "words.srt").unlink()
    return folder


def test_the_tasks_are_those_that_are_tried() -> None:
    assert set(TASKS) == set(MADE)


@pytest.mark.parametrize(
    "task",
    [
        pytest.param(t, marks=() if t == "An archive with checks" else pytest.mark.wide)
        for t in MADE
    ],
)
@pytest.mark.slow
def test_the_commands_of_a_task_run_as_written(
    files: Path, tmp_path: Path, client_environ: dict[str, str], service: Service, task: str
) -> None:
    environ = client_environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "FFREMOTE_SERVER": service.url,
        "FFREMOTE_POLL_INTERVAL": "0.1",
    }
    subprocess.run(["cp", "-r", f"{files}/.", tmp_path], check=True)

    done = subprocess.run(
        ["bash", "-euc", f"{TASKS[task]}\nwait"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert [name for name in MADE[task] if not (tmp_path / name).exists()] == []
