"""A job that a real worker failed has its reason in status, job, log and command line."""

from pathlib import Path
from typing import Any

import requests

from tests.support.service import Service


def get(service: Service, path: str) -> requests.Response:
    return requests.get(f"{service.url}{path}", timeout=20)


def fail(service: Service, input_: Path, **job: Any) -> tuple[str, dict[str, Any]]:
    """Run a job that fails; return its id and the error of its status."""
    service.start_server()
    service.start_worker()
    job_id = service.submit(input_, **job)
    return job_id, service.wait_until(job_id, "failed")["error"]


def test_a_truncated_input_fails_with_its_reason_everywhere(
    service: Service, clip: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clip.read_bytes()[:9000])

    job_id, error = fail(service, broken)

    result = get(service, f"/jobs/{job_id}/result")
    [listed] = get(service, "/jobs").json()["items"]
    log = get(service, f"/jobs/{job_id}/log").text
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


def test_a_missing_stream_is_named_by_the_result_and_the_log(service: Service, clip: Path) -> None:
    job_id, error = fail(service, clip, streams=["0:s:3"], output_filename="out.mkv")

    result = get(service, f"/jobs/{job_id}/result")
    assert (result.status_code, result.json()) == (422, {"error": error})
    assert error["details"]["reason"] == "no_such_stream"
    assert error["message"] in get(service, f"/jobs/{job_id}/log").text


def test_a_failure_of_ffmpeg_is_in_the_log_below_the_command(service: Service, clip: Path) -> None:
    job_id, error = fail(service, clip, video={"codec": "libx264", "filters": ["crop=9000:9000"]})

    result = get(service, f"/jobs/{job_id}/result")
    log = get(service, f"/jobs/{job_id}/log").text
    assert (result.status_code, result.json()) == (422, {"error": error})
    assert log.startswith(get(service, f"/jobs/{job_id}").json()["command"])
    assert error["details"]["stderr_tail"]
