"""`ffremote ffmpeg` never overwrites its input, and refuses values that are not UTF-8."""

from pathlib import Path

import pytest

from tests.support.scripted_server import Ffremote, Script


@pytest.fixture(params=["itself", "symbolic link", "hard link", "another spelling"])
def same_file(request: pytest.FixtureRequest, source: Path, tmp_path: Path) -> str:
    """Another path of the input, given as the output."""
    link = tmp_path / "link.mp4"
    if request.param == "symbolic link":
        link.symlink_to(source)
    if request.param == "hard link":
        link.hardlink_to(source)
    (tmp_path / "folder").mkdir()
    others = {"itself": source.name, "another spelling": f"folder/../{source.name}"}
    return others.get(request.param, link.name)


def test_the_input_is_never_the_output_even_with_y(
    ffremote: Ffremote, script: Script, source: Path, same_file: str
) -> None:
    before = source.read_bytes()

    done = ffremote("ffmpeg", "-y", "-i", source.name, "-crf", "40", same_file)

    assert (done.returncode, script.requests) == (1, [])
    assert done.stderr.startswith(f"ffremote: Output {same_file} same as Input #0 - exiting")
    assert source.read_bytes() == before


def test_the_progress_file_is_never_the_input(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    before = source.read_bytes()

    done = ffremote("ffmpeg", "-progress", f"./{source.name}", "-i", source.name, "out.mp4")

    assert (done.returncode, script.requests) == (1, [])
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    "words", [("ffmpeg", "-metadata", "title=\udce9"), ("run", "--metadata", "title=\udce9")]
)
def test_a_value_that_is_not_utf8_is_refused_with_a_message(
    ffremote: Ffremote, script: Script, source: Path, words: tuple[str, ...]
) -> None:
    command, *options = words
    output = ("out.mp4",) if command == "ffmpeg" else ("-o", "out.mp4")

    done = ffremote(command, "-i", source.name, *options, *output)

    assert done.returncode in (1, 2)
    assert not any(call.startswith("POST") for call in script.calls())
    assert "a value of the job is not text in UTF-8" in done.stderr
