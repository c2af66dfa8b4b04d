"""Warnings of the server, as `ffremote ffmpeg` prints them."""

import re

import pytest

from ffremote_cli.ffmpeg_cli.warnings import as_ffmpeg
from tests.support.paths import CHECKOUT


@pytest.mark.parametrize(
    ("warning", "shown"),
    [
        ('`--map 0` (`streams: ["0"]`) keeps all.', "`-map 0` keeps all."),
        (
            "mp3 holds one; `--audio-track N` (`audio.track`) chooses another.",
            "mp3 holds one; `-map 0:a:N` chooses another.",
        ),
        (
            "`--subtitles copy` (`subtitles.mode`) keeps all that fit.",
            "`-map 0:s -c:s copy` keeps all that fit.",
        ),
        ("`--video-codec copy` into mkv keeps it.", "`-c:v copy` into mkv keeps it."),
        (
            '`--extra-args "-movflags +faststart"` (`extra_args`) or mkv does',
            "`-movflags +faststart` or mkv does",
        ),
        ("A title with `quotes` and --map stays.", "A title with `quotes` and --map stays."),
    ],
)
def test_options_of_run_become_options_of_ffmpeg(warning: str, shown: str) -> None:
    assert as_ffmpeg(warning) == shown


def test_every_option_in_a_warning_of_the_server_has_a_spelling() -> None:
    sources = (CHECKOUT / "ffremote").rglob("*.py")
    named = {
        option
        for path in sources
        for option in re.findall(r"`--[a-z\-]+(?: [^`]*)?`", path.read_text())
    }

    assert len(named) > 5
    assert [option for option in named if "`--" in as_ffmpeg(option)] == []
