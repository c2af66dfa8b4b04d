"""Jobs without inputs, with real programs: JSON and a form become results."""

import json
import subprocess
from typing import Any

import pytest
import requests

from ffremote.ffmpeg import Binaries
from tests.support.service import Service

BARS: dict[str, Any] = {
    "output_filename": "bars.mkv",
    "inputs": [],
    "graph": "testsrc2=s=160x120:r=10:d=1[v];sine=440:d=1[a]",
    "streams": ["[v]", "[a]"],
    "video": {"codec": "mpeg4"},
}


@pytest.mark.parametrize("is_form", [False, pytest.param(True, marks=pytest.mark.wide)])
def test_a_graph_of_sources_becomes_a_result(
    running: Service, binaries: Binaries, is_form: bool
) -> None:
    sent: dict[str, Any] = {"files": [("job", (None, json.dumps(BARS)))]} if is_form else {}

    response = requests.post(f"{running.url}/jobs", timeout=20, **(sent or {"json": BARS}))
    job_id = response.json()["job_id"]
    running.wait_until(job_id, "completed")

    job = requests.get(f"{running.url}/jobs/{job_id}", timeout=20).json()
    assert (job["input"], job["inputs"], job["warnings"]) == (None, [], [])
    assert [stream["kind"] for stream in job["result"]["streams"]] == ["video", "audio"]
    assert job["result"]["duration"] == pytest.approx(1.0, abs=0.1)
    assert " -i " not in job["command"]
    result = requests.get(f"{running.url}/jobs/{job_id}/result", timeout=20).content
    probe = [str(binaries.ffprobe), "-v", "error", "-i", "pipe:0"]
    subprocess.run(probe, input=result, check=True, capture_output=True)
    log = requests.get(f"{running.url}/jobs/{job_id}/log", timeout=20).text
    assert log.startswith("ffmpeg -hide_banner")
