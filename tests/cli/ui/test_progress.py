"""Progress output: plain and JSON lines, and the reasons why a job waits."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote_cli.client.client import Client
from ffremote_cli.client.models import Status
from ffremote_cli.workflow.worker_watch import NO_WORKER, WorkerWatch
from tests.support.scripted_job import JOB, result_reply, script_completed_job
from tests.support.scripted_server import Ffremote, Reply, Script, error_reply, json_reply
from tests.support.scripted_tus import SIZE, TusServer
from tests.support.terminals import Terminal

Start = Callable[..., Terminal]

QUEUED = json_reply(job_id=JOB, state="queued", queue_position=1)
NOT_READY = json_reply(503, ready=False, checks={"database": "ok", "worker": "No worker is alive."})


def test_plain_lines_show_each_step(ffremote: Ffremote, script: Script, source: Path) -> None:
    script_completed_job(script)

    done = ffremote("run", source.name, "-o", "out.mp4", "--progress", "plain", "-q")

    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert all(line.startswith("in.mp4: ") for line in lines)
    assert [line.removeprefix("in.mp4: ") for line in lines] == [
        "upload 0 % of 1.28 MB",
        "upload 100 % of 1.28 MB",
        f"job {JOB}",
        "queued 2 in the queue",
        "running transcoding 40 %",
        "completed",
        "download 0 % of 10 kB",
        "download 100 % of 10 kB",
    ]
    assert done.stdout == "out.mp4\n"


def test_json_lines_have_each_step(ffremote: Ffremote, script: Script, source: Path) -> None:
    script_completed_job(script)

    done = ffremote("run", source.name, "-o", "out.mp4", "--progress", "json", "--json")

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {line["input"] for line in lines} == {"in.mp4"}
    assert [line.get("state") for line in lines] == [
        *("upload", "upload", None, "queued", "running", "completed", "download", "download")
    ]
    assert lines[4]["percent"] == 40
    assert lines[-1] == {
        "input": "in.mp4",
        "job_id": JOB,
        "state": "download",
        "bytes": 10000,
        "total": 10000,
    }
    assert json.loads(done.stdout)["state"] == "completed"


@pytest.mark.parametrize(
    ("words", "is_shown"),
    [
        (["--progress", "auto"], True),
        (["--progress", "auto", "--quiet"], False),
        (["--progress", "auto", "--json"], False),
        (["--progress", "none"], False),
    ],
)
def test_without_a_terminal_progress_is_lines_of_text_unless_nobody_reads_them(
    ffremote: Ffremote, script: Script, source: Path, words: list[str], is_shown: bool
) -> None:
    script_completed_job(script)

    done = ffremote("run", source.name, "-o", "out.mp4", *words)

    lines = [line for line in done.stderr.splitlines() if line.startswith(f"{source.name}: ")]
    assert (f"{source.name}: job {JOB}" in lines) is is_shown, done.stderr
    assert "\r" not in done.stderr


@pytest.mark.slow
def test_the_bar_shows_that_no_worker_is_running(
    terminal: Start, script: Script, source: Path
) -> None:
    script_completed_job(script)
    script.on(f"GET /jobs/{JOB}/status", *[QUEUED] * 40, json_reply(job_id=JOB, state="completed"))
    script.on("GET /readyz", NOT_READY)

    program = terminal(
        "run", source.name, "-o", "out.mp4", "--poll-interval", "0.1", FFREMOTE_SERVER=script.url
    )

    program.wait_for("next in the queue")
    program.wait_for(NO_WORKER)
    assert program.end() == 0


def test_the_real_server_is_asked_for_workers_only_at_intervals(service: object) -> None:
    url = service.url  # type: ignore[attr-defined]
    queued = Status.from_json({"job_id": JOB, "state": "queued"})
    with Client(url) as client:
        watch = WorkerWatch(client)

        assert watch.note(queued) is None
        assert watch._check() is None  # this server has a worker


@pytest.mark.parametrize(
    "response",
    [
        Reply(404, b"<html>"),
        Reply(200, b"hello"),
        json_reply(ready=True, checks={"worker": "ok"}),
        error_reply(401, "UNAUTHORIZED", "no"),
    ],
)
def test_a_server_that_does_not_report_workers_has_one(script: Script, response: Reply) -> None:
    script.on("GET /readyz", response)

    with Client(script.url) as client:
        assert WorkerWatch(client)._check() is None


def test_the_bar_shows_an_unreachable_server_and_the_error_how_to_resume(
    terminal: Start, script: Script, source: Path
) -> None:
    script_completed_job(script)
    running = json_reply(job_id=JOB, state="running", progress_percent=84, phase="transcoding")
    script.on(f"GET /jobs/{JOB}/status", running, Reply(502, b"<html>"))

    program = terminal(
        *("run", source.name, "-o", "out.mp4", "--patience", "1", "--poll-interval", "0.1"),
        FFREMOTE_SERVER=script.url,
    )

    program.wait_for(rf"job {JOB}")
    program.wait_for(r"84%\|.*server unreachable, retrying: the proxy cannot reach ffremote-server")
    program.wait_for(rf"`ffremote attach {JOB}` continues once it is back")
    assert program.end() == 3


def test_the_patience_option_bounds_the_retries(
    ffremote: Ffremote, script: Script, source: Path
) -> None:
    script_completed_job(script)
    away = error_reply(503, "SERVICE_UNAVAILABLE", "Not now.")
    script.on(f"GET /jobs/{JOB}/status", away)

    done = ffremote("run", source.name, "-o", "out.mp4", FFREMOTE_PATIENCE="0")

    assert done.returncode == 4
    assert script.calls().count(f"GET /jobs/{JOB}/status") == 1


def test_a_result_that_cannot_be_written_is_an_error_with_the_jobs_id(
    ffremote: Ffremote, script: Script, source: Path, tmp_path: Path
) -> None:
    script_completed_job(script)

    def taken(_: object) -> Reply:
        (tmp_path / "out.mp4").write_text("somebody else's")
        return result_reply()

    script.on(f"GET /jobs/{JOB}/result", taken)

    done = ffremote("run", source.name, "-o", "out.mp4")

    assert done.returncode == 6
    assert (tmp_path / "out.mp4").read_text() == "somebody else's"


def test_a_resumed_upload_starts_at_its_progress(
    terminal: Start, script: Script, tmp_path: Path
) -> None:
    large = tmp_path / "large.mkv"
    large.write_bytes(bytes(SIZE))
    TusServer(script)
    script.on("POST /jobs", json_reply(202, job_id=JOB))
    first = terminal("submit", large.name, "-o", "a.mkv", FFREMOTE_SERVER=script.url)
    assert first.end() == 0
    script.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="completed"))
    script.on(f"GET /jobs/{JOB}", json_reply(job_id=JOB, state="completed"))
    script.on(f"GET /jobs/{JOB}/result", result_reply())

    program = terminal("run", large.name, "-o", "b.mkv", FFREMOTE_SERVER=script.url)

    program.wait_for("already on the server")
    assert program.end() == 0
    assert "upload" not in program.text


def test_a_download_of_a_failed_job_is_status_5_with_reason_and_hint(
    ffremote: Ffremote, script: Script
) -> None:
    script.on(
        f"GET /jobs/{JOB}/result",
        error_reply(
            *(422, "TRANSCODE_FAILED", "The input is damaged."),
            reason="corrupt_input",
            hint="play it",
        ),
    )

    done = ffremote("download", JOB, "--json")

    assert done.returncode == 5
    assert done.stderr == f"ffremote: job {JOB} failed: The input is damaged. (play it)\n"
    error = json.loads(done.stdout)["error"]
    assert (error["code"], error["details"]["reason"]) == ("TRANSCODE_FAILED", "corrupt_input")


def test_an_empty_log_is_explained(ffremote: Ffremote, script: Script) -> None:
    script.on(f"GET /jobs/{JOB}/log", Reply(200, b""))

    done = ffremote("log", JOB)

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (
        "the log is empty: FFmpeg has not started "
        f"(`ffremote status {JOB}` shows why a job failed)\n"
    )
