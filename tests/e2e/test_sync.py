"""`ffremote sync` with a real server, killed in the middle."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.service import Service
from tests.support.waiting import wait_for


def argv(*words: str) -> list[str]:
    options = ["--container", "mkv", "--video-codec", "copy", "--audio-codec", "copy"]
    return [sys.executable, "-m", "ffremote_cli", "sync", "in", "out", *options, *words]


@contextmanager
def syncing(environ: dict[str, str], folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        argv("--settle", "0.2", "--interval", "0.1"), env=environ, cwd=folder
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def events(folder: Path) -> list[str]:
    journal = folder / "out/.ffremote-sync.jsonl"
    lines = journal.read_text().splitlines() if journal.exists() else []
    return [str(json.loads(line).get("state")) for line in lines]


def test_a_killed_sync_goes_on_with_its_job_and_then_deletes_the_source(
    running: Service, clip: Path, tmp_path: Path
) -> None:
    environ = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    environ["FFREMOTE_SERVER"] = running.url.removesuffix("/api/v1")
    source = tmp_path / "in/sub/film.mp4"
    source.parent.mkdir(parents=True)
    shutil.copy(clip, source)

    with syncing(environ, tmp_path) as first:
        wait_for(lambda: "sent" in events(tmp_path))
        first.kill()
    once = argv("--settle", "0.1", "--once", "--delete-source")
    done = subprocess.run(
        once, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert [*{name: None for name in events(tmp_path) if name != "None"}] == ["sent", "done"]
    assert events(tmp_path).count("sent") == 1
    assert (tmp_path / "out/sub/film.mkv").stat().st_size > 0
    assert not source.exists()


def test_a_terminated_sync_ends_without_an_error_and_an_interrupted_one_says_so(
    running: Service, tmp_path: Path
) -> None:
    environ = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    environ["FFREMOTE_SERVER"] = running.url.removesuffix("/api/v1")
    (tmp_path / "in").mkdir()

    ends = {}
    for number in (signal.SIGTERM, signal.SIGINT):
        with syncing(environ, tmp_path) as process:
            wait_for(lambda: (tmp_path / "out/.ffremote-sync.jsonl").exists())
            process.send_signal(number)
            ends[number] = process.wait(60)
        (tmp_path / "out/.ffremote-sync.jsonl").unlink()

    assert ends == {signal.SIGTERM: 0, signal.SIGINT: 130}
