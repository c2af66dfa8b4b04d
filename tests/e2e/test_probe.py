"""Jobs that only describe their inputs, with real programs."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from ffremote.ffmpeg import Binaries
from tests.support.service import Service


@pytest.fixture
def film(binaries: Binaries, tmp_path: Path) -> Path:
    """A film with tags, a chapter, and a track in a language."""
    chapters = tmp_path / "chapters.txt"
    chapters.write_text(
        ";FFMETADATA1\ntitle=Alps\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=400\ntitle=Start\n"
    )
    made = tmp_path / "film.mkv"
    sources = (
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=64x48:r=10:d=0.5",
        "-f",
        "lavfi",
        "-i",
        "sine=d=0.5",
    )
    kept = ("-map_metadata", "2", "-map", "0", "-map", "1", "-c:v", "mpeg4", "-c:a", "flac")
    argv = [binaries.ffmpeg, "-v", "error", *sources, "-i", chapters, *kept]
    subprocess.run([*argv, "-metadata:s:a", "language=ger", made], check=True)
    return made


def probed(service: Service, job: dict[str, Any], *paths: Path) -> dict[str, Any]:
    """Return the completed job that describes the files."""
    files = [("job", (None, json.dumps(job)))]
    files += [("file", (path.name, path.read_bytes())) for path in paths]
    response = requests.post(f"{service.url}/jobs", files=files, timeout=20)
    assert response.status_code == 202, response.text
    job_id = response.json()["job_id"]
    service.wait_until(job_id, "completed")
    found: dict[str, Any] = requests.get(f"{service.url}/jobs/{job_id}", timeout=20).json()
    return found


def test_a_probe_describes_its_inputs_and_makes_no_file(
    running: Service, film: Path, clip: Path
) -> None:
    one = probed(running, {"probe": True}, film)
    two = probed(running, {"probe": True, "inputs": [{}, {}]}, clip, film)

    assert one["input"]["tags"]["title"] == "Alps"
    assert one["input"]["chapter_list"] == [{"start": 0.0, "end": 0.4, "title": "Start"}]
    video, audio = one["input"]["streams"]
    assert (video["codec"], video["width"], audio["language"]) == ("mpeg4", 64, "ger")
    assert (one["result"], one.get("output_filename", "")) == (None, "")
    assert [each["filename"] for each in two["inputs"]] == [clip.name, film.name]
    assert two["inputs"][1]["tags"] == one["input"]["tags"]
    result = requests.get(f"{running.url}/jobs/{one['job_id']}/result", timeout=20)
    assert (result.status_code, result.json()["error"]["code"]) == (404, "NO_RESULT")
    log = requests.get(f"{running.url}/jobs/{two['job_id']}/log", timeout=20).text.splitlines()
    assert log[0].startswith("ffprobe -hide_banner")
    assert [line for line in log if line.startswith("Input #")] == [
        "Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:input':",
        "Input #1, matroska,webm, from 'file:input':",
    ]
    assert any(line.startswith("  Stream #1:1(ger): Audio: flac") for line in log)


def test_a_probe_of_a_broken_file_fails_with_the_reason(running: Service, tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(100))

    job_id = requests.post(
        f"{running.url}/jobs",
        files={
            "job": (None, '{"probe": true}'),
            "file": ("a.mp4", (tmp_path / "broken.mp4").read_bytes()),
        },
        timeout=20,
    ).json()["job_id"]

    failed = running.wait_until(job_id, "failed")
    assert failed["error"]["details"]["reason"] in ("corrupt_input", "unsupported_input")
