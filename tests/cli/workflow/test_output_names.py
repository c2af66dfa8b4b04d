"""Unusual local names work; names and texts from a server are shown escaped."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.scripted_job import JOB, result_reply, script_completed_job, submitted_job
from tests.support.scripted_server import Ffremote, Reply, Script, json_reply
from tests.support.service import Service
from tests.support.terminals import Terminal

Start = Callable[..., Terminal]

NAMES = [b"-dash", b" lead", rb"back\slash", b"latin\xe9", "bidi\u202egpj".encode(), b"CON"]


@pytest.mark.parametrize("name", NAMES)
def test_run_writes_the_requested_name(
    service: Service,
    client_environ: dict[str, str],
    clip: Path,
    tmp_path: Path,
    name: bytes,
) -> None:
    source, target = (os.fsencode(tmp_path) + b"/" + name + end for end in (b".mp4", b".mkv"))
    os.link(clip, source)

    done = subprocess.run(
        [
            *(os.fsencode(sys.executable), b"-m", b"ffremote_cli", b"run", b"--video-codec"),
            *(b"copy", b"-i", b"./" + name + b".mp4", b"-o", b"./" + name + b".mkv"),
        ],
        cwd=tmp_path,
        env={**client_environ, "FFREMOTE_SERVER": service.url},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == name + b".mkv\n"
    assert os.path.getsize(target) > 1000  # noqa: PTH202


def test_the_server_gets_a_label_that_it_accepts(
    ffremote: Ffremote, script: Script, source: Path, tmp_path: Path
) -> None:
    script_completed_job(script)

    done = ffremote("run", source.name, "-o", r"./ours\slash.mkv")

    assert done.returncode == 0, done.stderr
    assert submitted_job(script.requests[0]) == {"output_filename": "ours_slash.mkv"}
    assert (tmp_path / r"ours\slash.mkv").exists()


def test_download_uses_the_name_given_to_submit(
    ffremote: Ffremote, script: Script, source: Path, tmp_path: Path
) -> None:
    script_completed_job(script)
    offered = {"Content-Disposition": 'attachment; filename="_x.mkv"'}
    script.on(f"GET /jobs/{JOB}/result", Reply(200, b"result", offered))
    assert ffremote("submit", source.name, "-o", "./-x.mkv").returncode == 0

    done = ffremote("download", "last")

    assert (done.returncode, done.stdout) == (0, "-x.mkv\n")
    assert (tmp_path / "-x.mkv").read_bytes() == b"result"


@pytest.mark.parametrize(
    ("offered", "written"),
    [
        ("a\u202egpj.mp4", "a_gpj.mp4"),
        ("../../etc/passwd", "passwd"),
        ("con.mp4", "_con.mp4"),
        ("tab\there.mp4", "tab_here.mp4"),
        ("x" * 300 + ".mp4", "x" * 251 + ".mp4"),
        ("weiß 東京.mp4", "weiß 東京.mp4"),
    ],
)
def test_an_unsafe_name_from_a_server_is_not_used(
    ffremote: Ffremote, script: Script, tmp_path: Path, offered: str, written: str
) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in offered.encode())
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{encoded}"}
    script.on(f"GET /jobs/{JOB}/result", Reply(200, b"result", headers))

    done = ffremote("download", JOB)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / written).read_bytes() == b"result"


HOSTILE = "a\u202egpj\u200b\x9b31m\x1b[2J\u2028.mp4"
UNSEEN = "\u202e\u200b\x9b\x1b\u2028"


def test_names_in_a_list_are_escaped(ffremote: Ffremote, script: Script) -> None:
    item = {
        "job_id": JOB,
        "state": "failed",
        "output_filename": HOSTILE,
        "input_filename": HOSTILE,
        "error": {"message": HOSTILE},
    }
    script.on("GET /jobs", json_reply(items=[item], total=1, next_cursor=None))

    done = ffremote("list")

    assert done.returncode == 0
    assert not set(UNSEEN) & set(done.stdout)
    assert done.stdout.count("gpj") == 3


@pytest.mark.parametrize("command", ["status", "watch"])
def test_messages_of_a_failed_job_are_escaped(
    ffremote: Ffremote, script: Script, command: str
) -> None:
    error = {"message": HOSTILE, "details": {"hint": HOSTILE, "reason": "unknown"}}
    script.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="failed", error=error))

    done = ffremote(command, JOB)

    assert not set(UNSEEN) & set(done.stdout + done.stderr)
    assert "gpj" in done.stdout + done.stderr


@pytest.mark.slow
def test_errors_and_bars_are_escaped(terminal: Start, script: Script, source: Path) -> None:
    script_completed_job(script)
    script.on(f"GET /jobs/{JOB}", json_reply(job_id=JOB, state="completed", warnings=[HOSTILE]))
    script.on(f"GET /jobs/{JOB}/result", result_reply())
    odd = source.rename(source.with_name("a\u202egpj\u200b.mp4"))
    other = source.with_name("b.mp4")
    other.write_bytes(odd.read_bytes())

    program = terminal("run", odd.name, other.name, "-o", "{stem}.mkv", FFREMOTE_SERVER=script.url)

    assert program.end() == 0
    assert not set("\u202e\u200b\x9b\u2028") & set(program.text)
