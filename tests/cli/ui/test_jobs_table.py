"""`ffremote list`: lines fit the terminal, times are local, with sizes and reasons."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ffremote_cli.client.models import Status
from ffremote_cli.formatting import columns_of
from ffremote_cli.ui.jobs_table import jobs_table, live_table, local_time, state_of
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Ffremote, Script, json_reply
from tests.support.terminals import Terminal

Start = Callable[..., Terminal]


def item(**fields: Any) -> Status:
    return Status.from_json({"job_id": JOB, "state": "completed", **fields})


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


LONG = item(
    state="failed",
    created_at="2026-11-25T12:00:00Z",
    input_filename=f"{'a very long name of a film ' * 5}.mp4",
    output_filename=f"{'東京の長い名前' * 8}.mkv",
    input_bytes=123_456_789,
    error={"message": "The input is damaged or was cut off, " * 5},
)


@pytest.mark.parametrize("columns", [60, 80, 132])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    text = jobs_table([LONG, item(output_filename="short.mp4")], columns=columns)

    assert max(map(columns_of, text.split("\n"))) < columns
    assert text.split("\n")[1].endswith("mkv")


def test_a_failed_job_has_its_reason_in_another_line() -> None:
    lines = jobs_table([LONG], columns=80).split("\n")

    assert lines[1].startswith("0b5f2c1e  failed ")
    assert lines[2].startswith("  The input is damaged or was cut off")


def test_without_a_terminal_ids_and_names_are_not_shortened() -> None:
    text = jobs_table([LONG], columns=None)

    assert JOB in text
    assert "a very long name of a film " * 5 in text


def test_items_of_an_old_server_without_the_new_fields_are_listed() -> None:
    assert jobs_table([item(output_filename="o.mp4")], columns=80).split("\n")[1].split() == [
        JOB[:8],
        "completed",
        "o.mp4",
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"state": "queued", "upload": {"bytes": 9, "bytes_received": 4, "percent": 44}}, 44),
        ({"state": "running", "progress_percent": 12}, 12),
    ],
)
def test_the_state_column_has_the_progress(fields: dict[str, Any], expected: int) -> None:
    assert state_of(item(**fields)).endswith(f" {expected} %")


def test_a_job_that_is_uploading_is_not_shown_as_queued() -> None:
    upload = {"bytes": 9, "bytes_received": 4, "percent": 44}

    assert state_of(item(state="queued", upload=upload)) == "uploading 44 %"
    assert state_of(item(state="queued", queue_position=2)) == "queued #2"
    assert state_of(item(expired_at="2026-11-25T12:00:00Z")) == "expired"


def test_times_are_local(new_york: None) -> None:
    now = datetime(2026, 7, 2, tzinfo=UTC)

    assert local_time("2026-07-01T02:30:00.5Z", now=now) == "30 Jun 22:30"
    assert local_time("2024-07-01T02:30:00Z", now=now) == "30 Jun 2024"
    assert local_time(None) == ""


@pytest.mark.parametrize(("count", "expected"), [(0, "0 jobs"), (1, "1 job"), (2, "2 jobs")])
def test_the_number_of_jobs_has_the_right_plural(
    ffremote: Ffremote, script: Script, count: int, expected: str
) -> None:
    one = {"job_id": JOB, "state": "completed"}
    script.on("GET /jobs", json_reply(items=[one] * count, total=count, next_cursor=None))

    assert ffremote("list").stderr == f"{expected}\n"


def test_a_live_list_fits_the_terminal() -> None:
    text = live_table([LONG], {JOB: "1234 fps 12.3x ETA 1:23:45"}, columns=80)

    assert max(map(columns_of, text.split("\n"))) < 80


def test_the_list_of_a_real_server_fits_a_terminal_of_80(terminal: Start, clip: Any) -> None:
    name = "a-name-that-is-rather-long-for-a-film-of-a-holiday-in-the-alps.mkv"
    begun = terminal("submit", str(clip), "-o", name)
    assert begun.end() == 0

    program = terminal("list", "--limit", "3", COLUMNS="80")

    assert program.end() == 0
    lines = re.split(r"\r?\n", program.text)
    assert lines[0].split() == ["JOB", "STATE", "CREATED", "SIZE", "INPUT", "OUTPUT"]
    assert max(map(columns_of, lines)) < 100
    assert "alps.mkv" in program.text
