"""Job ids: `last`, unique prefixes, and detached jobs that are attached later."""

import json
from pathlib import Path

import pytest

from ffremote_cli.workflow.history import KEPT_LINES, History
from tests.support.scripted_server import Ffremote, Reply, Script, json_reply

ONE = "0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69"
TWO = "0b5faaaa-6d1c-4a0e-9d57-1f2d3c4b5a69"


@pytest.fixture
def two_jobs(script: Script) -> Script:
    script.on("POST /jobs", json_reply(202, job_id=ONE), json_reply(202, job_id=TWO))
    script.on("GET /jobs", json_reply(items=[], total=0, next_cursor=None))
    for job_id in (ONE, TWO):
        script.on(f"GET /jobs/{job_id}/status", json_reply(job_id=job_id, state="completed"))
        script.on(f"GET /jobs/{job_id}", json_reply(job_id=job_id, state="completed"))
        script.on(f"GET /jobs/{job_id}/result", Reply(200, job_id.encode()))
    return script


def test_a_detached_job_is_attached_and_its_result_written_where_run_said(
    ffremote: Ffremote, two_jobs: Script, source: Path, tmp_path: Path
) -> None:
    begun = ffremote("run", source.name, "-o", "out.mp4", "--detach")

    brought = ffremote("attach", "last")

    assert begun.stdout == f"{ONE}\n"
    assert begun.stderr == f"`ffremote attach {ONE}` downloads out.mp4\n"
    assert brought.stdout == f"{tmp_path / 'out.mp4'}\n"
    assert (tmp_path / "out.mp4").read_text() == ONE


def test_last_is_the_newest_of_this_server(
    ffremote: Ffremote, two_jobs: Script, source: Path
) -> None:
    ffremote("submit", source.name, "--container", "mp4")
    ffremote("submit", source.name, "--container", "mp4")

    assert ffremote("status", "last").stdout == f"{TWO} completed\n"
    elsewhere = ffremote("--server", "http://127.0.0.1:1", "status", "last")
    assert (elsewhere.returncode, elsewhere.stdout) == (2, "")


@pytest.mark.parametrize(
    ("word", "status", "message"),
    [
        ("0b5f2", 0, f"{ONE} completed\n"),
        ("0b5", 2, "ffremote: '0b5' is too short for a job id; type at least 4 characters\n"),
        ("0b5f", 2, f"ffremote: '0b5f' matches 2 jobs: {ONE}, {TWO}\n"),
        (
            "0b5f3c",
            2,
            "ffremote: no job id begins with '0b5f3c' (did you mean 0b5f2c?)\n",
        ),
    ],
)
def test_a_unique_prefix_of_an_id_is_enough(
    ffremote: Ffremote, two_jobs: Script, source: Path, word: str, status: int, message: str
) -> None:
    ffremote("submit", source.name, source.name, "--container", "mp4")
    other = source.with_name("other.mp4")
    other.write_bytes(b"x")
    ffremote("submit", other.name, "--container", "mp4")

    done = ffremote("status", word)

    assert (done.returncode, done.stdout + done.stderr) == (status, message)


def test_ids_of_other_machines_are_looked_up(ffremote: Ffremote, two_jobs: Script) -> None:
    item = {"job_id": ONE, "state": "completed"}
    two_jobs.on("GET /jobs", json_reply(items=[item], total=1, next_cursor=None))

    assert ffremote("status", "0b5f2c").stdout == f"{ONE} completed\n"


def test_the_history_stays_small_and_survives_a_torn_line(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add(job_id="job0", server="s", path=Path("in"), output=None)
    path = tmp_path / "history.jsonl"
    line = path.read_text()
    path.write_text(
        "".join(line.replace("job0", f"job{number}") for number in range(2 * KEPT_LINES))
    )
    history.add(job_id=f"job{2 * KEPT_LINES}", server="s", path=Path("in"), output=None)
    with path.open("a") as file:
        file.write('{"job_id": "to')

    entries = list(history.newest("s"))

    assert len(entries) == KEPT_LINES
    assert entries[0].job_id == f"job{2 * KEPT_LINES}"
    assert json.loads(path.read_text().splitlines()[0])["job_id"] == f"job{KEPT_LINES + 1}"
