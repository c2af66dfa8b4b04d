"""`ffremote ffmpeg -i FILE` without an output, with a real server and worker."""

import re
import subprocess
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote_cli.ffmpeg_cli.shown_inputs import describe_inputs
from ffremote_cli.translate import CannotTranslate, parse
from tests.support.scripted_server import Ffremote

ENDING = "At least one output file must be specified"


def local(binaries: ffmpeg.Binaries, *args: str) -> list[str]:
    """Return the names of what the local FFmpeg prints about each stream and input."""
    done = subprocess.run(
        [binaries.ffmpeg, "-hide_banner", *args], capture_output=True, text=True, check=False
    )
    return named(done.stderr)


def named(text: str) -> list[str]:
    """Return the lines of inputs and streams, up to the codec: what follows differs by version."""
    return re.findall(r"^(?:Input #\d+, .*| +Stream #\d+:\d+.*?: \w+: \w+)", text, re.MULTILINE)


def test_the_lines_are_those_of_ffmpeg(
    real: Ffremote, binaries: ffmpeg.Binaries, clip: Path
) -> None:
    args = ("-i", str(clip), "-i", str(clip))

    done = real("ffmpeg", "-hide_banner", *args)

    assert (done.returncode, done.stdout) == (1, "")
    assert named(done.stderr) == local(binaries, *args)
    assert "  Duration: 00:00:0" in done.stderr
    assert done.stderr.splitlines()[-1] == ENDING


def test_the_loglevel_error_leaves_only_the_ending(real: Ffremote, clip: Path) -> None:
    done = real("ffmpeg", "-v", "error", "-i", str(clip))

    assert (done.returncode, done.stderr) == (1, f"{ENDING}\n")


def test_a_missing_file_is_named(real: Ffremote, tmp_path: Path) -> None:
    done = real("ffmpeg", "-i", str(tmp_path / "missing.mp4"))

    assert done.returncode == 1
    assert "missing.mp4 cannot be read" in done.stderr


@pytest.mark.parametrize(
    ("line", "job"),
    [
        (["-ss", "3", "-i", "in.mp4"], {"probe": True}),
        (["-i", "a.mp4", "-i", "b.mp3"], {"probe": True, "inputs": [{}, {}]}),
        (
            ["-f", "s16le", "-ar", "8000", "-ac", "1", "-i", "in.raw"],
            {"probe": True, "input": {"format": "s16le", "sample_rate": 8000, "channels": 1}},
        ),
    ],
)
def test_only_what_opens_an_input_is_sent(line: list[str], job: dict[str, object]) -> None:
    assert describe_inputs(parse(line)).job == job


def test_a_source_of_ffmpeg_cannot_be_described() -> None:
    with pytest.raises(CannotTranslate, match="At least one output"):
        describe_inputs(parse(["-f", "lavfi", "-i", "testsrc2=d=1"]))
