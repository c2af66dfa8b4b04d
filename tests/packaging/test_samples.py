"""Every job file in samples/ works with the sample file, on a real service."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.paths import CHECKOUT
from tools import private_service
from tools.private_service import Service

SAMPLES = CHECKOUT / "samples"
INPUT = SAMPLES / "bigbuckbunny.mp4"
MADE = {
    "archive": (["hevc", "flac"], 5.3),
    "first-two-seconds": (["h264"], 2.0),
    "remux": (["h264", "aac"], 5.3),
    "small-webm": (["vp9", "opus"], 5.3),
    "sound-only": (["mp3"], 5.3),
    "thumbnail": (["mjpeg"], None),
    "web-video": (["h264", "aac"], 5.3),
}
QUICK = ("first-two-seconds", "remux", "sound-only", "thumbnail")
"""The others encode the whole sample."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service of `./run demo`, in a new directory."""
    with private_service.running(tmp_path_factory.mktemp("samples")) as running:
        yield running


def submit(service: Service, job: Path) -> str:
    with INPUT.open("rb") as source:
        response = requests.post(
            f"{service.url}/api/v1/jobs",
            files={"file": (INPUT.name, source)},
            data={"job": job.read_text()},
            timeout=30,
        )
    assert response.status_code == 202, response.text
    return str(response.json()["job_id"])


def wait(service: Service, job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job: dict[str, Any] = service.get(f"/api/v1/jobs/{job_id}")
        if job["finished_at"]:
            return job
        time.sleep(0.05)
    raise AssertionError(f"the job {job_id} does not end")


def test_every_job_file_is_tested() -> None:
    assert {path.stem for path in (SAMPLES / "jobs").iterdir()} == set(MADE)


@pytest.mark.parametrize(
    "name",
    [
        *QUICK,
        *(pytest.param(name, marks=pytest.mark.wide) for name in sorted(MADE) if name not in QUICK),
    ],
)
@pytest.mark.slow
def test_a_job_file_produces_its_result(service: Service, name: str) -> None:
    codecs, seconds = MADE[name]

    job = wait(service, submit(service, SAMPLES / "jobs" / f"{name}.json"))

    assert (job["state"], job.get("error")) == ("completed", None)
    assert [stream["codec"] for stream in job["result"]["streams"]] == codecs
    if seconds:
        assert job["result"]["duration"] == pytest.approx(seconds, abs=0.15)
