"""Jobs that make packages, from the request to the files."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.service import Service

SEGMENTS: dict[str, Any] = {
    "output_filename": "parts.zip",
    "video": {"codec": "libx264", "preset": "ultrafast", "scale": "64:36"},
    "package": {"type": "segments", "seconds": 0.5, "container": "ts", "list": "m3u8"},
}


def test_segments_are_published_with_a_playlist_that_names_them(
    service: Service, clip: Path
) -> None:
    service.start_server()
    service.start_worker("--concurrency", "1")

    job_id = service.submit(clip, **SEGMENTS)
    service.wait_until(job_id, "completed")

    items = requests.get(f"{service.url}/jobs/{job_id}/files", timeout=20).json()["items"]
    parts = [f"segment-{n:05}.ts" for n in range(4)]
    assert [each["name"] for each in items] == ["index.m3u8", *parts]
    assert [each["content_type"] for each in items[:2]] == [
        "application/vnd.apple.mpegurl",
        "video/mp2t",
    ]
    assert items[0]["duration"] is None
    assert items[1]["duration"] == pytest.approx(0.5, abs=0.1)
    archive = requests.get(f"{service.url}/jobs/{job_id}/result", timeout=20).content
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        playlist = opened.read("index.m3u8").decode()
    assert [line for line in playlist.split() if not line.startswith("#")] == parts
