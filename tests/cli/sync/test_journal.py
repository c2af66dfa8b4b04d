"""The journal of a sync survives crashes, full disks and moves."""

from pathlib import Path

import pytest

from ffremote_cli.sync.journal import DONE, FAILED, SENT, Entry, Journal, JournalProblem

ENTRY = Entry("sub/a.mov", 10, 20, SENT, "sub/a.mp4", job_id="j1")


def states(folder: Path) -> dict[str, str]:
    return {name: entry.state for name, entry in Journal(folder).entries.items()}


def test_the_last_event_of_a_file_counts_also_after_a_move(tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    journal = Journal(before)
    journal.record(ENTRY)
    journal.record(Entry("sub/a.mov", 10, 20, DONE, "sub/a.mp4", sha256="ab"))
    journal.record(Entry("b.mov", 1, 1, FAILED, reason="broken"))

    moved = before.rename(tmp_path / "after")

    assert states(moved) == {"sub/a.mov": DONE, "b.mov": FAILED}
    assert Journal(moved).identity == journal.identity


def test_a_line_that_a_crash_cut_off_is_no_event_and_spoils_no_later_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.record(ENTRY)
    with journal.path.open("a") as file:
        file.write('{"source": "c.mov", "si')

    again = Journal(tmp_path)
    again.record(Entry("d.mov", 1, 1, DONE, "d.mp4"))

    assert states(tmp_path) == {"sub/a.mov": SENT, "d.mov": DONE}


def test_a_long_journal_is_written_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for _ in range(20):
        journal.record(ENTRY)

    again = Journal(tmp_path)

    assert len(journal.path.read_text().splitlines()) == 2
    assert again.identity == journal.identity
    assert states(tmp_path) == {"sub/a.mov": SENT}


def test_a_journal_of_a_later_version_is_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with journal.path.open("a") as file:
        file.write('{"source": "a.mov", "size": 1, "mtime_ns": 1, "state": "done", "new": 7}\n')

    assert states(tmp_path) == {"a.mov": DONE}


def test_a_journal_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.path.unlink()
    journal.path.mkdir()

    with pytest.raises(JournalProblem, match="cannot be written"):
        journal.record(ENTRY)
    assert journal.entries == {}
