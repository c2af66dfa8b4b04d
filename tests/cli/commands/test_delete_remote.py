"""`--delete-remote`: once the result is here, nothing of the job stays on the server."""

from pathlib import Path

import pytest

from tests.support.scripted_job import JOB, script_completed_job
from tests.support.scripted_server import Ffremote, Reply, Script, error_reply, json_reply

DELETED = [f"DELETE /jobs/{JOB}/result", "DELETE /uploads/u1"]


@pytest.fixture
def job(script: Script) -> Script:
    script_completed_job(script)
    upload = {"upload_id": "u1", "bytes": 10}
    script.on(f"GET /jobs/{JOB}", json_reply(job_id=JOB, state="completed", input=upload))
    for call in DELETED:
        script.on(call, Reply(204))
    return script


def deletions(script: Script) -> list[str]:
    return [call for call in script.calls() if call.startswith("DELETE")]


@pytest.mark.parametrize(
    "words", [("run", "in.mp4"), ("attach", JOB), ("download", JOB)], ids=lambda words: words[0]
)
def test_result_and_input_are_deleted_after_the_download(
    ffremote: Ffremote, job: Script, source: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    kept = ffremote(*words, "-o", "kept.mp4")
    before = deletions(job)
    done = ffremote(*words, "-o", "out.mp4", "--delete-remote")

    assert (kept.returncode, before) == (0, [])
    assert (done.returncode, done.stdout) == (0, "out.mp4\n")
    assert deletions(job) == DELETED


@pytest.mark.parametrize(
    ("status", "code", "warns"),
    [(409, "UPLOAD_CONFLICT", False), (404, "UPLOAD_NOT_FOUND", False), (403, "FORBIDDEN", True)],
)
def test_what_cannot_be_deleted_is_a_warning_at_most(
    ffremote: Ffremote, job: Script, source: Path, status: int, code: str, warns: bool
) -> None:
    job.on("DELETE /uploads/u1", error_reply(status, code, "No."))

    done = ffremote("run", "in.mp4", "-o", "out.mp4", "--delete-remote")

    assert done.returncode == 0
    warning = f"ffremote: warning: job {JOB} could not be deleted from the server: No."
    assert (warning in done.stderr) == warns


def test_after_a_failed_download_nothing_is_deleted(
    ffremote: Ffremote, job: Script, source: Path
) -> None:
    job.on(f"GET /jobs/{JOB}/result", error_reply(410, "RESULT_EXPIRED", "It is gone."))

    assert ffremote("run", "in.mp4", "-o", "out.mp4", "--delete-remote").returncode == 4
    assert deletions(job) == []
