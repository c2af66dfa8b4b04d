"""Jobs that make packages, from the request to the files."""

import io
import os
import re
import signal
import zipfile
from pathlib import Path
from typing import Any

import pytest
import requests

from ffremote.files.storage import Storage
from tests.support.service import Service
from tests.support.waiting import wait_for

SEGMENTS: dict[str, Any] = {
    "output_filename": "parts.zip",
    "video": {"codec": "libx264", "preset": "ultrafast", "scale": "64:36"},
    "package": {"type": "segments", "seconds": 0.5, "container": "ts", "list": "m3u8"},
}


def test_an_hls_job_is_a_master_playlist_and_all_that_it_names(
    running: Service, clip: Path
) -> None:
    renditions = [{"height": 120, "bitrate": "200k"}, {"height": 60}, {"height": 1080}]

    job_id = running.submit(
        clip,
        output_filename="film.zip",
        video={"codec": "libx264", "preset": "ultrafast"},
        package={"type": "hls", "seconds": 1, "renditions": renditions},
    )
    running.wait_until(job_id, "completed")

    job = requests.get(f"{running.url}/jobs/{job_id}", timeout=20).json()
    base = f"{running.url}/jobs/{job_id}/files"
    items = requests.get(base, timeout=20).json()["items"]
    kinds = {each["name"]: each["content_type"] for each in items}
    assert kinds["index.m3u8"] == "application/vnd.apple.mpegurl"
    assert kinds["video1-00000.ts"] == "video/mp2t"
    named = set()
    for playlist in ("index.m3u8", "video0.m3u8", "video1.m3u8", "sound.m3u8"):
        named |= names_in(requests.get(f"{base}/{playlist}", timeout=20).text)
    assert named == kinds.keys() - {"index.m3u8"}
    assert [text for text in job["warnings"] if "1080 lines is left out" in text]


def names_in(playlist: str) -> set[str]:
    lines = {line for line in playlist.split("\n") if line and not line.startswith("#")}
    return lines | set(re.findall(r'URI="([^"]+)"', playlist))


def test_segments_are_published_with_a_playlist_that_names_them(
    running: Service, clip: Path
) -> None:
    job_id = running.submit(clip, **SEGMENTS)
    running.wait_until(job_id, "completed")

    items = requests.get(f"{running.url}/jobs/{job_id}/files", timeout=20).json()["items"]
    parts = [f"segment-{n:05}.ts" for n in range(4)]
    assert [each["name"] for each in items] == ["index.m3u8", *parts]
    assert [each["content_type"] for each in items[:2]] == [
        "application/vnd.apple.mpegurl",
        "video/mp2t",
    ]
    assert items[0]["duration"] is None
    assert items[1]["duration"] == pytest.approx(0.5, abs=0.1)
    archive = requests.get(f"{running.url}/jobs/{job_id}/result", timeout=20).content
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        playlist = opened.read("index.m3u8").decode()
    assert [line for line in playlist.split() if not line.startswith("#")] == parts


@pytest.mark.wide
def test_a_killed_worker_leaves_nothing_of_a_package(
    service: Service, storage: Storage, clip: Path
) -> None:
    service.start_server()
    worker = service.start_worker("--concurrency", "1")
    slow = {**SEGMENTS, "package": {**SEGMENTS["package"], "seconds": 0.1}}
    job_id = service.submit(clip, **slow, input={"loop": 400})
    folder = storage.job_dir(job_id)
    [first] = wait_for(lambda: list(folder.glob("*/package")))
    wait_for(lambda: list(first.glob("*.ts")))

    os.killpg(worker.pid, signal.SIGKILL)
    service.start_worker("--concurrency", "1")
    wait_for(lambda: set(folder.glob("*/package")) - {first} and not first.exists())
    requests.delete(f"{service.url}/jobs/{job_id}", timeout=20)

    wait_for(lambda: not list(folder.glob("*/package")))
    assert service.status(job_id)["state"] == "canceled"
