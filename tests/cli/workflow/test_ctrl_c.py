"""Ctrl-C once cancels the job on the server; twice exits at once."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.scripted_job import JOB
from tests.support.scripted_server import Reply, Request, Script, error_reply, json_reply

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path, client_environ: dict[str, str], script: Script) -> Start:
    def begin(*args: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "ffremote_cli", "--server", script.url, *args],
            cwd=tmp_path,
            env={**client_environ, "FFREMOTE_PROGRESS": "none"},
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    return begin


def ended(program: "subprocess.Popen[str]") -> tuple[int, str]:
    _, message = program.communicate(timeout=30)
    return program.returncode, message


def script_endless_job(script: Script) -> threading.Event:
    seen = threading.Event()

    def running(_: Request) -> Reply:
        seen.set()
        return json_reply(job_id=JOB, state="running", progress_percent=1)

    script.on("POST /jobs", json_reply(202, job_id=JOB, state="queued"))
    script.on(f"GET /jobs/{JOB}/status", running)
    script.on(f"DELETE /jobs/{JOB}", json_reply(202, job_id=JOB, state="canceled"))
    return seen


def test_once_cancels_the_job_with_a_message(start: Start, script: Script, source: Path) -> None:
    seen = script_endless_job(script)
    program = start("run", source.name, "-o", "out.mp4")
    assert seen.wait(30)

    program.send_signal(signal.SIGINT)

    assert ended(program) == (130, f"ffremote: canceled job {JOB}\n")
    assert script.calls()[-1] == f"DELETE /jobs/{JOB}"


def test_a_job_that_ended_meanwhile_is_reported(start: Start, script: Script, source: Path) -> None:
    seen = script_endless_job(script)
    script.on(f"DELETE /jobs/{JOB}", error_reply(409, "JOB_FINISHED", "It is completed."))
    program = start("run", source.name, "-o", "out.mp4")
    assert seen.wait(30)

    program.send_signal(signal.SIGINT)

    assert ended(program) == (
        130,
        (
            f"ffremote: stopped; job {JOB} has already ended, and "
            f"`ffremote download {JOB}` downloads its result\n"
        ),
    )


def test_twice_exits_while_the_server_does_not_answer(
    start: Start, script: Script, source: Path
) -> None:
    seen = script_endless_job(script)
    asked, leave = threading.Event(), threading.Event()

    def silent(_: Request) -> Reply:
        asked.set()
        assert leave.wait(90)  # longer than `ended` waits, so the program did not wait for it
        return json_reply(202, job_id=JOB, state="canceled")

    script.on(f"DELETE /jobs/{JOB}", silent)
    program = start("run", source.name, "-o", "out.mp4")
    assert seen.wait(30)
    program.send_signal(signal.SIGINT)
    assert asked.wait(30)

    program.send_signal(signal.SIGINT)
    status, message = ended(program)
    leave.set()

    assert (status, message) == (
        130,
        "\nffremote: exited at once; the job may still run, see `ffremote list`\n",
    )


def test_during_the_upload_no_job_is_created(start: Start, script: Script, source: Path) -> None:
    with source.open("ab") as file:
        file.truncate(1 << 40)  # sparse; it would take an hour to send
    program = start("run", source.name, "-o", "out.mp4")
    assert script.bytes_seen.wait(30)

    program.send_signal(signal.SIGINT)

    assert ended(program) == (
        130,
        f"ffremote: stopped the upload of {source.name}; no job was created\n",
    )
    assert script.calls() == ["OPTIONS /uploads"]


def test_watch_ends_and_the_job_continues(start: Start, script: Script) -> None:
    seen = script_endless_job(script)
    program = start("watch", JOB)
    assert seen.wait(30)

    program.send_signal(signal.SIGINT)

    assert ended(program) == (
        130,
        (
            f"ffremote: no longer watching job {JOB}, which continues"
            f" (`ffremote cancel {JOB}` cancels it)\n"
        ),
    )
    assert not any(call.startswith("DELETE") for call in script.calls())
