"""Workers over HTTP with directories of their own, beside a server that has no other worker."""

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.remote_workers import RemoteWorker, worker_token
from tests.support.service import Service
from tests.support.waiting import wait_for

SMALL = {"codec": "libx264", "preset": "ultrafast", "scale": "160:90"}
LONG = {"codec": "libx264", "preset": "slow", "scale": "640:-2"}
PLAYLIST = "application/vnd.apple.mpegurl"
PACKAGE = {"type": "segments", "seconds": 0.5, "container": "ts", "list": "m3u8"}


@pytest.fixture
def workers(service: Service, tmp_path: Path) -> list[RemoteWorker]:
    """Two workers of a running server that are not started, whose FFmpeg was tried before."""
    service.start_server()
    token = worker_token(service, "box")
    made = [RemoteWorker(service, tmp_path / f"worker-{number}", token) for number in range(2)]
    for each in made:
        shutil.copytree(service.data_dir / "cache", each.data / "cache")
    return made


def job(service: Service, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{service.url}/jobs/{job_id}", timeout=20).json()
    return found


def text(service: Service, job_id: str, path: str) -> str:
    return requests.get(f"{service.url}/jobs/{job_id}/{path}", timeout=20).text


@pytest.mark.slow
def test_two_workers_with_own_directories_make_what_a_local_one_makes(
    service: Service, running: Service, workers: list[RemoteWorker], clip: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clip.read_bytes()[:3000])
    local = running.submit(clip, video=LONG)
    started = [each.start_working("--concurrency", "1") for each in workers]

    jobs = [service.submit(clip, video=LONG) for _ in range(2)]
    package = service.submit(clip, output_filename="a.zip", video=SMALL, package=PACKAGE)
    failed = service.submit(broken, video=SMALL)
    ends = [service.wait_until(each, "completed", "failed") for each in (*jobs, package, failed)]
    running.wait_until(local, "completed")

    assert [end["state"] for end in ends] == ["completed"] * 3 + ["failed"]
    expected = job(running, local)["result"]
    assert [job(service, each)["result"] for each in jobs] == [expected] * 2
    assert {job(service, each)["worker_id"] for each in jobs} == {each.id for each in workers}
    files = json.loads(text(service, package, "files"))["items"]
    kinds = {each["content_type"]: each["name"] for each in files}
    assert sorted(kinds) == sorted({PLAYLIST, "video/mp2t"})
    assert text(service, package, f"files/{kinds[PLAYLIST]}").startswith("#EXTM3U")
    assert "[libx264] [info] kb/s:" in text(service, jobs[0], "log")
    assert text(service, failed, "log").startswith("ffprobe input")
    wait_for(lambda: not [each for worker in workers for each in worker.data.glob("jobs/*")])
    for child in started:
        child.send_signal(signal.SIGTERM)
    assert [child.wait(20) for child in started] == [0, 0]
    assert [each.files() for each in workers] == [[], []]
