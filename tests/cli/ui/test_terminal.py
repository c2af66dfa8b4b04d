"""The command line in a terminal: bars, Ctrl-C once and twice, a resize, a pipe."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote.ffmpeg import Binaries
from ffremote_cli import Client
from tests.support.scripted_server import Reply, Script, json_reply
from tests.support.service import Service
from tests.support.terminals import CTRL_C, Terminal

Start = Callable[..., Terminal]

LONG = ("--video-codec", "libx264", "--video-preset", "placebo", "--video-filter", "hqdn3d,hqdn3d")


@pytest.fixture
def long_clip(clip: Path, tmp_path: Path, binaries: Binaries) -> Path:
    """The clip forty times over, so that its job still runs at Ctrl-C."""
    path = tmp_path / "long.mkv"
    subprocess.run(
        [binaries.ffmpeg, "-v", "error", "-stream_loop", "40", "-i", clip, "-c", "copy", path],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return path


def test_the_bars_show_upload_job_and_download(terminal: Start, clip: Path, tmp_path: Path) -> None:
    program = terminal("run", "-i", str(clip), "-o", "out.mp4", "--crf", "30")

    program.wait_for(r"upload +\d+%\|")
    program.wait_for(r"encode +\d+%\|")
    program.wait_for(r"download +100%\|")
    program.wait_for(r"kB, \d+ % of [\d.]+ kB, in [\d.]+ s")
    program.wait_for("out.mp4")

    assert program.end() == 0
    assert (tmp_path / "out.mp4").stat().st_size > 1000


def test_watch_shows_an_upload_by_another_client(terminal: Start, script: Script) -> None:
    upload = {"bytes": 3_000_000, "bytes_received": 1_230_000, "percent": 41}
    job = {"job_id": "0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69", "output_filename": "a.mp4"}
    script.on(
        f"GET /jobs/{job['job_id']}/status",
        json_reply(**job, state="queued", phase="uploading", upload=upload),
        json_reply(**job, state="completed", progress_percent=100),
    )

    program = terminal("watch", job["job_id"], FFREMOTE_SERVER=script.url)

    program.wait_for(r"upload +41%\|.* 1.23MB?/3.00MB?")
    program.wait_for("completed")
    assert program.end() == 0


def test_ctrl_c_once_cancels_the_job(
    terminal: Start, long_clip: Path, service: Service, tmp_path: Path
) -> None:
    program = terminal("run", str(long_clip), "-o", "out.mp4", *LONG)
    program.wait_for(r"encode +\d+%\|")

    program.press(CTRL_C)

    job_id = program.wait_for(r"ffremote: canceled job (\S+)")[1]
    assert program.end() == 130
    assert service.status(job_id)["state"] == "canceled"
    assert list(tmp_path.glob("out*")) == []


def test_ctrl_c_twice_leaves_at_once(terminal: Start, long_clip: Path, service: Service) -> None:
    program = terminal("run", str(long_clip), "-o", "out.mp4", *LONG)
    program.wait_for(r"encode +\d+%\|")

    program.press(CTRL_C)
    program.press(CTRL_C)

    assert program.end() == 130
    with Client(service.url) as client:
        newest = client.jobs(limit=1).items[0]
        client.cancel(newest.job_id)
    assert newest.state in ("running", "canceled")


def test_a_bar_follows_a_resize(terminal: Start, long_clip: Path) -> None:
    program = terminal("run", str(long_clip), "-o", "out.mp4", *LONG)
    wide = program.wait_for(r"\rencode +\d+%\|[^\r]*")[0]

    program.resize(50)

    program.wait_for(r"\rencode +\d+%\|[^\r]*\r")
    narrow = program.wait_for(r"encode +\d+%\|[^\r]*")[0]
    program.press(CTRL_C)
    assert program.end() == 130
    assert len(wide.strip()) > 90 or len(wide) > 50
    assert len(narrow.strip()) <= 50


def test_only_results_are_written_to_a_pipe(
    client_environ: dict[str, str], service: Service, clip: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "ffremote_cli", "--server", service.url, "run"),
            *(str(clip), "-o", "out.mp4", "--json"),
        ],
        cwd=tmp_path,
        env=client_environ,
        capture_output=True,
        timeout=60,
        check=True,
    )

    assert done.stderr == b""
    assert json.loads(done.stdout)["state"] == "completed"


def test_a_closed_pipe_is_no_error(client_environ: dict[str, str], service: Service) -> None:
    line = f"{sys.executable} -m ffremote_cli --server {service.url} --help | true"

    done = subprocess.run(
        ["sh", "-c", line], env=client_environ, capture_output=True, timeout=60, check=True
    )

    assert done.stderr == b""


def test_a_live_list_is_redrawn_in_place(terminal: Start, clip: Path, service: Service) -> None:
    program = terminal("list", "--watch", "--limit", "3", "--poll-interval", "0.1")
    program.wait_for("JOB +STATE +PACE +OUTPUT")

    job_id = service.submit(clip, output_filename="watched.mp4")

    program.wait_for(rf"{job_id[:8]} +\S*completed\S* +watched\.mp4")
    program.press(CTRL_C)
    program.wait_for(r"\x1b\[\?25h")
    assert program.end() == 130


def test_control_characters_of_a_server_do_not_move_the_cursor(
    terminal: Start, script: Script
) -> None:
    job_id = "0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69"
    script.on(f"GET /jobs/{job_id}/log", Reply(200, b"title: \x1b[2J\x9b31m!\n"))

    program = terminal("log", job_id, FFREMOTE_SERVER=script.url)

    program.wait_for("title: \N{REPLACEMENT CHARACTER}\\[2J")
    assert program.end() == 0
    assert "\x1b" not in program.text
