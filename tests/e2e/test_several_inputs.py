"""Jobs with several inputs, with real programs: results, kills, refusals that name the input."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from ffremote.jobs import orphans, store
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


def test_the_streams_of_two_files_become_one_result(
    running: Service, rows: Session, clip: Path
) -> None:
    job_id = submit(
        running,
        clip,
        clip,
        inputs=[{}, {"duration": 1}],
        streams=MAPS,
        video={"codec": "copy"},
        audio={"codec": "copy"},
    )
    running.wait_until(job_id, "completed")

    job = whole(running, job_id)
    assert [stream["kind"] for stream in job["result"]["streams"]] == ["video", "audio"]
    assert "file:inputs/0/input" in job["command"]
    assert "file:inputs/1/input" in job["command"]
    assert [len(each["streams"]) for each in job["inputs"]] == [2, 2]
    assert job["input"] == job["inputs"][0]
    wait_for(lambda: not (running.storage.job_dir(job_id) / "inputs").exists())
    # other tests kill workers of this service: their logs wait for a sweep
    wait_for(
        lambda: (
            not any(
                job_id in path.parts for path in orphans.sweep(rows, running.storage, dry_run=True)
            )
        )
    )


@pytest.mark.wide
def test_an_input_that_is_no_media_is_named(running: Service, clip: Path) -> None:
    job_id = submit(running, clip, b"\x00\x01\x02\x03" * 999, streams=MAPS)
    failed = running.wait_until(job_id, "failed")

    assert failed["error"]["message"].startswith("inputs[1]: "), failed


def test_a_list_among_the_inputs_cannot_name_its_neighbour(running: Service, clip: Path) -> None:
    # A byte that is no text, in a comment: the check of the first bytes lets it pass.
    listed = b"ffconcat version 1.0\n#\x01\nfile ../0/input\nfile input\n"

    job_id = submit(running, clip, listed, streams=["0:v", "1:v"])
    failed = running.wait_until(job_id, "failed")

    assert failed["error"]["message"].startswith("inputs[1]: "), failed


@pytest.mark.slow
@pytest.mark.parametrize(
    "job",
    [{"concat": "copy"}, pytest.param({"streams": MAPS}, marks=pytest.mark.wide)],
    ids=["joined", "mapped"],
)
def test_a_job_of_a_killed_worker_runs_again_with_all_of_its_inputs(
    service: Service, session: Session, storage: Storage, clip: Path, job: dict[str, Any]
) -> None:
    """The attempt is killed between its copies of the inputs and its result; nothing stays."""
    service.start_server()
    service.start_worker("--concurrency", "2", FFREMOTE_LEASE_SECONDS="900")
    job_id = submit(service, clip, clip, video=SLOW, **job)

    def encoding() -> int | None:
        row = store.find(session, job_id)
        assert not row.state.is_final, (row.state, row.error_message)
        outputs = storage.job_dir(job_id).glob(f"{row.claim_token}/out.mkv")
        return row.pid if any(outputs) else None

    pid = wait_for(encoding)
    first = str(store.find(session, job_id).claim_token)
    attempt = storage.attempt_dir(job_id, first)
    if "concat" in job:
        assert {"list", "part0", "part1"} <= {path.name for path in attempt.iterdir()}
    os.kill(parent_of(pid), signal.SIGKILL)

    def again() -> bool:
        row = store.find(session, job_id)
        return row.claim_token not in (None, first) and row.phase is Phase.TRANSCODING

    wait_for(again)
    wait_for(lambda: not attempt.exists())
    row = store.find(session, job_id)
    assert (row.state, row.losses) == (JobState.RUNNING, 1)
    requests.delete(f"{service.url}/jobs/{job_id}", timeout=20)
    wait_for(lambda: {path.suffix for path in storage.job_dir(job_id).iterdir()} <= {".log"})
