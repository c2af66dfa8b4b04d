"""A job that a real worker failed has its reason in status, job, log and command line."""

from pathlib import Path
from typing import Any

import requests

from tests.support.service import Service


def get(running: Service, path: str) -> requests.Response:
    return requests.get(f"{running.url}{path}", timeout=20)


def fail(running: Service, input_: Path, **job: Any) -> tuple[str, dict[str, Any]]:
    """Run a job that fails; return its id and the error of its status."""
    job_id = running.submit(input_, **job)
    return job_id, running.wait_until(job_id, "failed")["error"]


def test_a_truncated_input_fails_with_its_reason_everywhere(
    running: Service, clip: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clip.read_bytes()[:9000])

    job_id, error = fail(running, broken)

    result = get(running, f"/jobs/{job_id}/result")
    [listed] = get(running, "/jobs?limit=1").json()["items"]
    log = get(running, f"/jobs/{job_id}/log").text
    details = error["details"]
    assert error["code"] == "TRANSCODE_FAILED"
    assert set(details) == {"reason", "hint", "exit_code", "signal", "stderr_tail"}
    assert (details["reason"], bool(error["message"]), bool(details["hint"])) == (
        "corrupt_input",
        True,
        True,
    )
    assert (result.status_code, result.json()) == (422, {"error": error})
    short = {"reason": details["reason"], "hint": details["hint"]}
    assert listed["error"] == {**error, "details": short}
    assert log.startswith("ffprobe input\n\n")
    assert details["stderr_tail"]
    assert all(line in log for line in (*details["stderr_tail"], error["message"]))


def test_a_missing_stream_is_named_by_the_result_and_the_log(running: Service, clip: Path) -> None:
    job_id, error = fail(running, clip, streams=["0:s:3"], output_filename="out.mkv")

    result = get(running, f"/jobs/{job_id}/result")
    assert (result.status_code, result.json()) == (422, {"error": error})
    assert error["details"]["reason"] == "no_such_stream"
    assert error["message"] in get(running, f"/jobs/{job_id}/log").text


def test_a_failure_of_ffmpeg_is_in_the_log_below_the_command(running: Service, clip: Path) -> None:
    job_id, error = fail(running, clip, video={"codec": "libx264", "filters": ["crop=9000:9000"]})

    result = get(running, f"/jobs/{job_id}/result")
    log = get(running, f"/jobs/{job_id}/log").text
    assert (result.status_code, result.json()) == (422, {"error": error})
    assert log.startswith(get(running, f"/jobs/{job_id}").json()["command"])
    assert error["details"]["stderr_tail"]
