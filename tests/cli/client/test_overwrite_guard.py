"""No result overwrites an input: not with -y, not through links, not in a batch."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote_cli import Client, LocalFileProblem
from ffremote_cli.client.transfer.overwrite_guard import Sources
from tests.support.scripted_job import JOB, result_reply, script_completed_job
from tests.support.scripted_server import Ffremote, Reply, Request, Script


def _same_name(source: Path) -> Path:
    return source


def _symbolic_link(source: Path) -> Path:
    link = source.with_name("link.mp4")
    link.symlink_to(source.name)
    return link


def _hard_link(source: Path) -> Path:
    link = source.with_name("hard.mp4")
    link.hardlink_to(source)
    return link


def _through_a_directory(source: Path) -> Path:
    folder = source.with_name("folder")
    folder.symlink_to(".")
    return folder / source.name


SPELLINGS = (_same_name, _symbolic_link, _hard_link, _through_a_directory)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_run_refuses_its_own_input_as_output_before_any_byte(
    ffremote: Ffremote, script: Script, source: Path, spelling: Callable[[Path], Path]
) -> None:
    target = spelling(source)
    before = source.read_bytes()

    done = ffremote("run", "-i", str(source), "-o", str(target), "-y")

    assert done.returncode == 6
    assert done.stderr == (
        f"ffremote: the output {target} is the same file as the input {source}, "
        "and a result never replaces an input (name another output with -o)\n"
    )
    assert script.requests == []
    assert source.read_bytes() == before


def test_a_template_that_yields_an_input_is_refused(
    ffremote: Ffremote, script: Script, tmp_path: Path
) -> None:
    folder = tmp_path / "dd"
    folder.mkdir()
    for name in ("a.mp4", "b.mp4"):
        (folder / name).write_text(name)

    done = ffremote("run", "dd", "-o", "{parent}/{stem}.mp4", "--preset", "small", "-y")

    assert done.returncode == 6
    assert "dd/a.mp4 is the same file as the input dd/a.mp4" in done.stderr
    assert script.requests == []
    assert [path.read_text() for path in sorted(folder.iterdir())] == ["a.mp4", "b.mp4"]


def test_an_output_that_is_another_input_of_the_batch_is_refused(
    ffremote: Ffremote, script: Script, tmp_path: Path
) -> None:
    (tmp_path / "one.mov").write_text("one")
    (tmp_path / "mov.mp4").write_text("two")

    done = ffremote("run", "one.mov", "mov.mp4", "-o", "{ext}.mp4", "-y")

    assert done.returncode == 6
    assert "the output mov.mp4 is the same file as the input mov.mp4" in done.stderr
    assert script.requests == []
    assert (tmp_path / "mov.mp4").read_text() == "two"


def test_an_output_that_becomes_the_input_during_the_job_is_refused(
    ffremote: Ffremote, script: Script, source: Path, tmp_path: Path
) -> None:
    script_completed_job(script)
    before = source.read_bytes()

    def moved(_: Request) -> Reply:
        source.rename(tmp_path / "out.mp4")
        return result_reply()

    script.on(f"GET /jobs/{JOB}/result", moved)

    done = ffremote("run", "-i", source.name, "-o", "out.mp4", "-y")

    assert done.returncode == 6
    assert "out.mp4 is the same file as the input in.mp4" in done.stderr
    assert (tmp_path / "out.mp4").read_bytes() == before


@pytest.mark.parametrize("command", ["attach", "download"])
def test_a_later_command_refuses_the_input_in_the_history(
    ffremote: Ffremote, script: Script, source: Path, command: str
) -> None:
    script_completed_job(script)
    before = source.read_bytes()
    assert ffremote("submit", source.name, "-o", source.name).returncode == 0

    done = ffremote(command, "last", "-o", source.name, "-y")

    assert done.returncode == 6
    assert f"is the same file as the input {source.resolve()}" in done.stderr
    assert source.read_bytes() == before


def test_another_file_next_to_the_input_is_written(
    ffremote: Ffremote, script: Script, source: Path, tmp_path: Path
) -> None:
    script_completed_job(script)
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(source.read_bytes())  # the same bytes are not the same file

    done = ffremote("run", "-i", source.name, "-o", "copy.mp4", "-y")

    assert done.returncode == 0, done.stderr
    assert copy.read_bytes() != source.read_bytes()


def test_the_library_refuses_too(script: Script, source: Path) -> None:
    with Client(script.url) as client, pytest.raises(LocalFileProblem, match="same file"):
        client.download(JOB, source, overwrite=True, sources=Sources.of([source]))

    assert script.requests == []


def test_a_case_insensitive_file_system_has_one_file_for_two_spellings(
    monkeypatch: pytest.MonkeyPatch, source: Path
) -> None:
    real = Path.stat

    def stat(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        folded = path.with_name(path.name.lower())
        return real(folded, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", stat)  # as names behave on macOS

    with pytest.raises(LocalFileProblem, match=r"IN\.MP4 is the same file as the input"):
        Sources.of([source]).refuse(source.with_name("IN.MP4"))
