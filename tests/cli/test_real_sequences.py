"""Pictures on this machine become a film on a real server: by `run`, by an ffmpeg line, resumed."""

import json
import subprocess
from pathlib import Path

import pytest

from ffremote.ffmpeg import Binaries
from tests.support.picture_archives import png
from tests.support.scripted_server import Ffremote


@pytest.fixture(autouse=True)
def pictures(tmp_path: Path) -> None:
    """Ten pictures."""
    for number in range(10):
        (tmp_path / f"img{number:03d}.png").write_bytes(png(64, 48, 20 * number))


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        (("ffmpeg", "-framerate", "5", "-i", "img%03d.png", "out.mp4"), "2.000000"),
        pytest.param(
            ("ffmpeg", "-r", "5", "-start_number", "5", "-i", "img%03d.png", "out.mp4"),
            "1.000000",
            marks=pytest.mark.wide,
        ),
        pytest.param(
            ("ffmpeg", "-pattern_type", "glob", "-r", "5", "-i", "img*[13579].png", "out.mp4"),
            "1.000000",
            marks=pytest.mark.wide,
        ),
        pytest.param(
            ("ffmpeg", "-loop", "1", "-r", "5", "-i", "img%03d.png", "-t", "3", "out.mp4"),
            "3.000000",
            marks=pytest.mark.wide,
        ),
        pytest.param(
            ("run", "--sequence", "img*.png", "--input-fps", "5", "-o", "out.mp4"),
            "2.000000",
            marks=pytest.mark.wide,
        ),
    ],
)
def test_pictures_become_a_film(
    real: Ffremote, binaries: Binaries, tmp_path: Path, words: tuple[str, ...], seconds: str
) -> None:
    done = real(*words)

    assert done.returncode == 0, done.stderr
    argv = [binaries.ffprobe, "-v", "error", "-of", "json", "-show_format", tmp_path / "out.mp4"]
    shown = subprocess.run(argv, capture_output=True, check=True)
    assert json.loads(shown.stdout)["format"]["duration"] == seconds
