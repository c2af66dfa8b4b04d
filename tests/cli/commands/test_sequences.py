"""`run` with a pattern: numbered pictures are one input, and the matches of a glob on request."""

import io
import tarfile
from pathlib import Path

import pytest

from tests.support.scripted_job import script_completed_job, submitted_job
from tests.support.scripted_server import Ffremote, Script


@pytest.fixture(autouse=True)
def pictures(tmp_path: Path) -> None:
    """Four pictures of which one is missing before the last."""
    for name in ("img001.png", "img002.png", "img003.png", "img005.png"):
        (tmp_path / name).write_bytes(name.encode())


def sent(script: Script) -> list[bytes]:
    """Return the pictures of the archive in the form."""
    body = script.requests[0].body
    start = body.index(b"000000.png\0")
    with tarfile.open(fileobj=io.BytesIO(body[start:]), mode="r:") as archive:
        return [archive.extractfile(each).read() for each in archive]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (("-i", "img%03d.png"), (1, 2, 3)),
        (("-i", "img%03d.png", "--sequence-start", "2"), (2, 3)),
        (("--sequence", "img*.png"), (1, 2, 3, 5)),
    ],
)
def test_a_pattern_is_one_input(
    ffremote: Ffremote, script: Script, words: tuple[str, ...], numbers: tuple[int, ...]
) -> None:
    script_completed_job(script)

    done = ffremote("run", *words, "-o", "out.mp4", "--input-fps", "5")

    assert (done.returncode, done.stdout) == (0, "out.mp4\n")
    assert sent(script) == [f"img00{number}.png".encode() for number in numbers]
    assert submitted_job(script.requests[0]) == {
        "output_filename": "out.mp4",
        "input": {"role": "sequence", "fps": "5"},
    }
    has_gap = 5 not in numbers
    assert ("the sequence ends with img003.png, as with ffmpeg" in done.stderr) == has_gap


def test_a_further_input_may_be_a_pattern(ffremote: Ffremote, script: Script, source: Path) -> None:
    script_completed_job(script)

    done = ffremote("run", source.name, "--with", "img%03d.png", "-o", "out.mp4")

    assert done.returncode == 0, done.stderr
    assert submitted_job(script.requests[0])["inputs"] == [{}, {"role": "sequence"}]


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("no%03d.png", "-o", "out.mp4"), 6, "no picture matches no%03d.png"),
        (("img%03d.png", "-o", "img005.png"), 6, "is the same file as the input img005.png"),
        (
            ("img%03d.png", "--container", "mp4"),
            2,
            "gives the output no name (name it: -o out.mp4)",
        ),
        (("img%03d.png", "-o", "{stem}.mp4"), 2, "gives the output no name"),
        (("--sequence", "img001.png", "-o", "out.mp4"), 2, "img001.png is no pattern of pictures"),
        (
            ("img*.png", "--sequence-start", "1", "-o", "out.mp4"),
            2,
            "--sequence-start is for a pattern",
        ),
        (
            ("img%03d.png", "--job", "job.json", "-o", "out.mp4"),
            2,
            "gives this input the role font",
        ),
    ],
)
def test_an_error_about_a_pattern_comes_before_any_request(
    ffremote: Ffremote,
    script: Script,
    tmp_path: Path,
    words: tuple[str, ...],
    status: int,
    message: str,
) -> None:
    (tmp_path / "job.json").write_text('{"input": {"role": "font"}}')

    done = ffremote("run", "-y", *words)

    assert message in done.stderr
    assert (done.returncode, script.requests) == (status, [])
    assert (tmp_path / "img005.png").read_bytes() == b"img005.png"
