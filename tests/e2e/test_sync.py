"""`ffremote sync` with a real server, killed in the middle."""

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def environ(running: Service, tmp_path: Path) -> dict[str, str]:
    """The environment of a client of the server, with a home of its own."""
    made = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    return made | {"FFREMOTE_SERVER": running.url.removesuffix("/api/v1")}


def journal(folder: Path) -> list[dict[str, Any]]:
    file = folder / "out/.ffremote-sync.jsonl"
    lines = file.read_text().splitlines() if file.exists() else []
    return [json.loads(line) for line in lines]


def events(folder: Path) -> list[str]:
    return [str(line.get("state")) for line in journal(folder)]


def job_ids(folder: Path) -> list[str]:
    return [found for line in journal(folder) if (found := line.get("job_id"))]


@pytest.mark.slow
def test_a_killed_sync_goes_on_with_its_job_and_then_deletes_the_source(
    environ: dict[str, str], clip: Path, tmp_path: Path
) -> None:
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


@pytest.mark.slow
def test_a_sync_that_is_killed_in_an_upload_goes_on_with_it(
    running: Service, environ: dict[str, str], clip: Path, tmp_path: Path
) -> None:
    source = tmp_path / "in/film.mp4"
    source.parent.mkdir(parents=True)
    padding = 20 << 20  # sent in pieces from 16 MB on
    box = struct.pack(">I4s", padding, b"free")
    source.write_bytes(clip.read_bytes() + box + os.urandom(padding - len(box)))

    def received() -> int:
        upload = running.status(job_ids(tmp_path)[0])["upload"] or {}
        return int(upload.get("bytes_received", 0))

    with syncing({**environ, "FFREMOTE_BWLIMIT": "1M"}, tmp_path) as first:
        wait_for(lambda: job_ids(tmp_path) and received() > 1 << 20)
        second = subprocess.run(
            argv("--once"), env=environ, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        first.kill()
    before = received()
    once = argv("--settle", "0.1", "--once")
    done = subprocess.run(
        once, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )

    assert second.returncode == 2
    assert "another `ffremote sync` writes into out" in second.stderr
    assert 1 << 20 < before < padding
    assert done.returncode == 0, done.stderr
    assert set(job_ids(tmp_path)) == {job_ids(tmp_path)[0]}
    assert (tmp_path / "out/film.mkv").stat().st_size > 0


def test_a_terminated_sync_ends_without_an_error_and_an_interrupted_one_says_so(
    environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()

    ends = {}
    for number in (signal.SIGTERM, signal.SIGINT):
        with syncing(environ, tmp_path) as process:
            wait_for(lambda: (tmp_path / "out/.ffremote-sync.jsonl").exists())
            process.send_signal(number)
            ends[number] = process.wait(60)
        (tmp_path / "out/.ffremote-sync.jsonl").unlink()

    assert ends == {signal.SIGTERM: 0, signal.SIGINT: 130}
