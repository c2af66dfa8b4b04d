"""Which files of a watched folder are seen, and when they have stopped growing."""

from pathlib import Path

import pytest

from ffremote_cli.errors import LocalFileProblem, Misused
from ffremote_cli.sync.folders import check_folders, locked
from ffremote_cli.sync.scan import Settling, Version, scan


def write(path: Path, text: str = "media") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_media_files_are_found_but_for_hidden_ones_links_to_folders_and_results(
    tmp_path: Path,
) -> None:
    folder, elsewhere = tmp_path / "in", tmp_path / "elsewhere"
    for name in ("a.mov", "sub/b.MP4", ".c.mp4", ".hidden/d.mp4", "notes.txt", "out/e.mp4"):
        write(folder / name)
    write(folder / "empty.mp4", "")
    write(elsewhere / "f.mp4")
    (folder / "linked").symlink_to(elsewhere)
    (folder / "g.mp4").symlink_to(elsewhere / "f.mp4")

    assert sorted(scan(folder, without=folder / "out")) == ["a.mov", "g.mp4", "sub/b.MP4"]


def test_a_folder_that_is_gone_is_an_error_and_not_empty(tmp_path: Path) -> None:
    with pytest.raises(LocalFileProblem, match="cannot be read"):
        scan(tmp_path / "gone", without=tmp_path)


def test_a_file_settles_when_it_has_not_changed_for_the_time() -> None:
    now = 0.0
    settling = Settling(10, lambda: now)
    small, large = Version(1, 1), Version(2, 2)

    seen = []
    for at, version in ((0, small), (9, small), (10, large), (19, large), (20, large)):
        now = at
        seen.append(settling.settled({"a.mp4": version}))

    assert seen == [set(), set(), set(), set(), {"a.mp4"}]


def test_a_file_that_was_away_begins_to_settle_again() -> None:
    now = 0.0
    settling = Settling(10, lambda: now)
    settling.settled({"a.mp4": Version(1, 1)})
    settling.settled({})

    now = 15.0

    assert settling.settled({"a.mp4": Version(1, 1)}) == set()


@pytest.mark.parametrize(("source", "target"), [("in", "in"), ("in", "."), ("link", "in")])
def test_results_do_not_go_into_the_watched_folder_itself(
    tmp_path: Path, source: str, target: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "link").symlink_to("in")

    with pytest.raises(Misused):
        check_folders(tmp_path / source, tmp_path / target)


def test_a_second_sync_with_the_same_output_is_refused(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two", "out")]
    for folder in folders:
        folder.mkdir()

    with (
        locked(folders[0], folders[2], deletes=False),
        pytest.raises(Misused, match=r"another `ffremote sync` writes into .*out"),
        locked(folders[1], folders[2], deletes=False),
    ):
        pass


@pytest.mark.parametrize("deletes", [(True, False), (False, True)])
def test_a_folder_whose_files_are_deleted_has_one_sync(
    tmp_path: Path, deletes: tuple[bool, bool]
) -> None:
    folders = [tmp_path / name for name in ("in", "small", "large")]
    for folder in folders:
        folder.mkdir()

    with (
        locked(folders[0], folders[1], deletes=False),
        locked(folders[0], folders[2], deletes=False),
    ):
        pass
    with (
        locked(folders[0], folders[1], deletes=deletes[0]),
        pytest.raises(Misused, match=r"another `ffremote sync` uses .*in"),
        locked(folders[0], folders[2], deletes=deletes[1]),
    ):
        pass
