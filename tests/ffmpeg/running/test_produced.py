"""The files of a package are compared with what its plan expects, and watched while they grow."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ffremote.ffmpeg import (
    Expected,
    Limits,
    Member,
    OutputKind,
    Pass,
    Plan,
    PlannedOutput,
    TranscodeError,
    produced_files,
)
from ffremote.ffmpeg.running.output_watch import OutputWatch
from ffremote.files.publication import ProducedFile
from ffremote.states import FailureReason

TS = "video/mp2t"
NOTHING = Expected(None, ())
PACKAGE = PlannedOutput(
    "t/package",
    NOTHING,
    OutputKind.PACKAGE,
    members=(Member(r"list\.m3u8", "x/y", most=1), Member(r"s[0-9]+\.ts", TS, most=3)),
)
LIMITS = Limits(max_output_bytes=1000, max_files=10)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The directory of a package with a playlist and two segments."""
    made = tmp_path / "t" / "package"
    made.mkdir(parents=True)
    for name in ("s10.ts", "s9.ts", "list.m3u8"):
        (made / name).write_text("content")
    return made


def plan_of(*outputs: PlannedOutput) -> Plan:
    return Plan((Pass(("ffmpeg",)),), outputs)


def find(tmp_path: Path, *outputs: PlannedOutput, limits: Limits = LIMITS) -> list[str]:
    found = produced_files(plan_of(*(outputs or (PACKAGE,))), limits, {}, cwd=tmp_path)
    return [each.name for each in found]


def test_files_are_in_the_order_of_the_plan_and_of_their_numbers(
    tmp_path: Path, folder: Path
) -> None:
    found = produced_files(plan_of(PACKAGE), LIMITS, {}, cwd=tmp_path)

    assert found == (
        ProducedFile("t/package/list.m3u8", "list.m3u8", "x/y"),
        ProducedFile("t/package/s9.ts", "s9.ts", TS),
        ProducedFile("t/package/s10.ts", "s10.ts", TS),
    )


def test_files_of_several_outputs_follow_each_other(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "t" / "out.mp4").write_text("content")
    file = PlannedOutput("t/out.mp4", NOTHING, name="film.mp4", media_type="video/mp4")
    report = PlannedOutput("", NOTHING, OutputKind.NONE)

    assert find(tmp_path, file, report, PACKAGE)[:2] == ["film.mp4", "list.m3u8"]
    assert find(tmp_path, report) == []


WRONG: list[tuple[str, Callable[[Path], object]]] = [
    ("a link", lambda folder: (folder / "s1.ts").symlink_to("list.m3u8")),
    ("a link to a file of the system", lambda folder: (folder / "s1.ts").symlink_to("/etc/passwd")),
    ("a second name", lambda folder: (folder / "s1.ts").hardlink_to(folder / "s9.ts")),
    ("a fifo", lambda folder: os.mkfifo(folder / "s1.ts")),
    ("a directory", lambda folder: (folder / "s1.ts").mkdir()),
    ("an unexpected name", lambda folder: (folder / "x.html").write_text("x")),
    ("a name with a line break", lambda folder: (folder / "s1.ts\n").write_text("x")),
    ("a hidden name", lambda folder: (folder / ".s1.ts").write_text("x")),
    ("a digit of another script", lambda folder: (folder / "s１.ts").write_text("x")),
    ("one segment too many", lambda f: [(f / f"s{n}.ts").write_text("x") for n in (1, 2)]),
    ("an empty segment", lambda folder: (folder / "s1.ts").touch()),
    ("no playlist", lambda folder: (folder / "list.m3u8").unlink()),
    ("no segment", lambda folder: [path.unlink() for path in folder.glob("s*")]),
    ("too much", lambda folder: (folder / "s1.ts").write_text("x" * 1000)),
]


@pytest.mark.parametrize(("name", "change"), WRONG, ids=[name for name, _ in WRONG])
def test_a_package_with_anything_else_fails(
    tmp_path: Path, folder: Path, name: str, change: Callable[[Path], object]
) -> None:
    change(folder)

    with pytest.raises(TranscodeError):
        find(tmp_path)


def test_a_link_in_the_place_of_the_package_fails(tmp_path: Path, folder: Path) -> None:
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(TranscodeError, match="no package"):
        find(tmp_path)


@pytest.mark.parametrize(
    ("limits", "size_limit", "reason"),
    [
        (replace(LIMITS, max_files=2), 1000, FailureReason.RESOURCE_LIMIT),
        (replace(LIMITS, max_output_bytes=20), 1000, FailureReason.RESOURCE_LIMIT),
        (LIMITS, 20, FailureReason.DISK_FULL),
    ],
    ids=["files", "bytes", "disk"],
)
def test_outputs_are_watched_while_they_grow(
    tmp_path: Path, folder: Path, limits: Limits, size_limit: int, reason: FailureReason
) -> None:
    OutputWatch(tmp_path / "t", LIMITS, 1000).check()

    with pytest.raises(TranscodeError) as raised:
        OutputWatch(tmp_path / "t", limits, size_limit).check()

    assert raised.value.failure.reason is reason


def test_the_watch_follows_no_link_and_counts_directories_of_others(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "loop").symlink_to(folder)
    (tmp_path / "t" / "deep" / "er").mkdir(parents=True)
    (tmp_path / "t" / "deep" / "er" / "file").write_text("x" * 2000)

    with pytest.raises(TranscodeError, match="larger than 1000 bytes"):
        OutputWatch(tmp_path / "t", LIMITS, 10_000).check()
