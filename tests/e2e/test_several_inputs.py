"""Jobs with several inputs, with real programs: results, kills, refusals that name the input."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy.orm import Session

from ffremote.jobs import store
from ffremote.states import JobState, Phase
from tests.support.service import Service, parent_of
from tests.support.waiting import wait_for

SLOW = {"codec": "libx264", "preset": "veryslow", "scale": "1920:1080", "fps": 120}
MAPS = ["0:v", "1:a"]


def submit(service: Service, *files: Path | bytes, **job: Any) -> str:
    """Submit a job with these files in one form; return its id."""
    named = {"output_filename": "out.mkv", "inputs": [{} for _ in files], **job}
    bodies = [each if isinstance(each, bytes) else each.read_bytes() for each in files]
    parts: list[tuple[str, Any]] = [("job", (None, json.dumps(named)))]
    parts += [("file", (f"{number}.mp4", body)) for number, body in enumerate(bodies)]
    response = requests.post(f"{service.url}/jobs", files=parts, timeout=20)
    assert response.status_code == 202, response.text
    return str(response.json()["job_id"])


def whole(service: Service, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{service.url}/jobs/{job_id}", timeout=20).json()
    return found


def test_the_streams_of_two_files_become_one_result(service: Service, clip: Path) -> None:
    service.start_server()
    service.start_worker()

    job_id = submit(
        service,
        clip,
        clip,
        inputs=[{}, {"duration": 1}],
        streams=MAPS,
        video={"codec": "copy"},
        audio={"codec": "copy"},
    )
    service.wait_until(job_id, "completed")

    job = whole(service, job_id)
    assert [stream["kind"] for stream in job["result"]["streams"]] == ["video", "audio"]
    assert "file:inputs/0/input" in job["command"]
    assert "file:inputs/1/input" in job["command"]
    assert [len(each["streams"]) for each in job["inputs"]] == [2, 2]
    assert job["input"] == job["inputs"][0]


@pytest.mark.wide
def test_an_input_that_is_no_media_is_named(service: Service, clip: Path) -> None:
    service.start_server()
    service.start_worker()

    job_id = submit(service, clip, b"\x00\x01\x02\x03" * 999, streams=MAPS)
    failed = service.wait_until(job_id, "failed")

    assert failed["error"]["message"].startswith("inputs[1]: "), failed


def test_a_list_among_the_inputs_cannot_name_its_neighbour(service: Service, clip: Path) -> None:
    service.start_server()
    service.start_worker()
    # A byte that is no text, in a comment: the check of the first bytes lets it pass.
    listed = b"ffconcat version 1.0\n#\x01\nfile ../0/input\nfile input\n"

    job_id = submit(service, clip, listed, streams=["0:v", "1:v"])
    failed = service.wait_until(job_id, "failed")

    assert failed["error"]["message"].startswith("inputs[1]: "), failed


@pytest.mark.slow
def test_a_job_of_a_killed_worker_runs_again_with_all_of_its_inputs(
    service: Service, session: Session, clip: Path
) -> None:
    service.start_server()
    service.start_worker("--concurrency", "2", FFREMOTE_LEASE_SECONDS="900")
    job_id = submit(service, clip, clip, streams=MAPS, video=SLOW)

    def transcoding() -> int | None:
        job = store.find(session, job_id)
        assert not job.state.is_final, (job.state, job.error_message)
        return job.pid if job.phase is Phase.TRANSCODING else None

    pid = wait_for(transcoding)
    first = store.find(session, job_id).claim_token
    os.kill(parent_of(pid), signal.SIGKILL)

    def again() -> bool:
        job = store.find(session, job_id)
        return job.claim_token not in (None, first) and job.phase is Phase.TRANSCODING

    wait_for(again)
    job = store.find(session, job_id)
    assert (job.state, job.losses) == (JobState.RUNNING, 1)
    requests.delete(f"{service.url}/jobs/{job_id}", timeout=20)
