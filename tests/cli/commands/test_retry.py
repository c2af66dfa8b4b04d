"""The commands show, retry and rm: a job's facts, the same again on its inputs, and its end."""

import json
from pathlib import Path

import pytest

from tests.support.scripted_job import JOB, result_reply
from tests.support.scripted_server import Ffremote, Script, error_reply, json_reply

NEW = "7c4d9a10-6d1c-4a0e-9d57-1f2d3c4b5a69"
SPEC = {"output_filename": "out.mp4", "container": "mp4", "video": {"crf": 23.0}}


@pytest.fixture
def failed(script: Script) -> Script:
    """A failed job whose input the server still has, and a further one that completes."""
    script.on(f"POST /jobs/{JOB}/retry", json_reply(202, job_id=NEW, state="queued"))
    upload = {"upload_id": "u1", "filename": "in.mp4", "bytes": 1000}
    ended = {"job_id": JOB, "state": "failed", "job": SPEC, "input": upload}
    new = {"job_id": NEW, "state": "completed", "progress_percent": 100}
    script.on(f"GET /jobs/{JOB}", json_reply(**ended))
    script.on(f"GET /jobs/{NEW}/status", json_reply(**new))
    script.on(f"GET /jobs/{NEW}", json_reply(**new))
    script.on(f"GET /jobs/{NEW}/result", result_reply())
    return script


def posted(script: Script) -> object:
    [body] = [json.loads(it.body) for it in script.requests if it.method == "POST"]
    return body


@pytest.mark.parametrize(
    ("options", "job", "target"),
    [
        ((), SPEC, "out.mp4"),
        (("--crf", "30"), {**SPEC, "video": {"crf": 30}}, "out.mp4"),
        (("-o", "b.mp4"), {**SPEC, "output_filename": "b.mp4"}, "b.mp4"),
        (("-o", "b.mkv"), {"output_filename": "b.mkv", "video": {"crf": 23.0}}, "b.mkv"),
        (("-o", "made/"), SPEC, "made/out.mp4"),
        (("--no-video",), {**SPEC, "video": False}, "out.mp4"),
        (("--job", "other.json"), {"output_filename": "o.mp4", "container": "mp4"}, "out.mp4"),
    ],
)
def test_the_same_or_a_changed_job_runs_on_the_same_upload(
    ffremote: Ffremote,
    failed: Script,
    tmp_path: Path,
    options: tuple[str, ...],
    job: dict[str, object],
    target: str,
) -> None:
    (tmp_path / "other.json").write_text('{"output_filename": "o.mp4", "container": "mp4"}')

    done = ffremote("retry", JOB, *options)

    assert (done.returncode, done.stdout) == (0, f"{target}\n"), done.stderr
    assert posted(failed) == job
    assert (tmp_path / target).exists()


@pytest.mark.parametrize("code", ["NOT_FOUND", "METHOD_NOT_ALLOWED"])
def test_a_server_without_retries_gets_a_job_with_the_same_uploads(
    ffremote: Ffremote, failed: Script, code: str
) -> None:
    failed.on(f"POST /jobs/{JOB}/retry", error_reply(404, code, "/retry does not exist."))
    failed.on("POST /jobs", json_reply(202, job_id=NEW, state="queued"))

    done = ffremote("retry", JOB, "--crf", "30", "--detach")

    assert done.stdout == f"{NEW}\n", done.stderr
    body = json.loads(next(it.body for it in failed.requests if it.path.endswith("/jobs")))
    assert body == {**SPEC, "video": {"crf": 30}, "input": {"upload_id": "u1"}}


def test_detached_it_prints_the_id_and_last_is_the_new_job(
    ffremote: Ffremote, failed: Script
) -> None:
    done = ffremote("retry", JOB, "--detach")

    assert done.stdout == f"{NEW}\n"
    assert ffremote("status", "last").stdout == f"{NEW} completed\n"


@pytest.mark.parametrize(
    ("options", "fields", "status", "message"),
    [
        ((), {"state": "running"}, 2, f"job {JOB} is running: there is nothing to retry"),
        (("--preset", "b"), {"job": {**SPEC, "preset": "a"}}, 2, "has the values of its preset"),
        (("--overlay", "x.png"), {}, 2, "--overlay names a file, and a retry sends none"),
        (("-o", "there.mp4"), {}, 6, "there.mp4 exists already (-y overwrites it)"),
        (("--job", "none.json"), {}, 6, "none.json cannot be read"),
    ],
)
def test_what_cannot_be_retried_is_refused_before_a_job_is_queued(
    ffremote: Ffremote,
    failed: Script,
    tmp_path: Path,
    options: tuple[str, ...],
    fields: dict[str, object],
    status: int,
    message: str,
) -> None:
    (tmp_path / "there.mp4").write_text("kept")
    ended = {"job_id": JOB, "state": "failed", "job": SPEC, "input": {"upload_id": "u1"}}
    failed.on(f"GET /jobs/{JOB}", json_reply(**{**ended, **fields}))

    done = ffremote("retry", JOB, *options)

    assert message in done.stderr
    assert done.returncode == status
    assert not [call for call in failed.calls() if call.startswith("POST")]


@pytest.mark.slow
def test_a_real_job_is_shown_retried_and_removed(
    real: Ffremote, clip: Path, tmp_path: Path
) -> None:
    (tmp_path / "in.mp4").write_bytes(clip.read_bytes())
    real("run", "-i", "in.mp4", "-o", "out.mp4", "--video-preset", "ultrafast")

    again = real("retry", "last", "--no-audio", "-o", "silent.mkv")
    shown = real("show", "last")
    facts = json.loads(real("show", "last", "--json").stdout)
    removed = real("rm", "last", "--inputs")
    gone = real("retry", "last", "-y")
    after = real("show", "last")

    assert again.stdout == "silent.mkv\n", again.stderr
    labels = [line[:10].strip() for line in shown.stdout.splitlines()]
    assert [label for label in labels if label] == (
        "job state created attempts input result sha256 command".split()
    )
    assert " % of the input, " in shown.stdout
    assert [each["kind"] for each in facts["result"]["streams"]] == ["video"]
    assert removed.stdout == f"{facts['job_id']} deleted\n"
    assert gone.returncode == 4
    assert f"an input of job {facts['job_id']} is no longer on the server" in gone.stderr
    assert f"`ffremote run -i {tmp_path / 'in.mp4'} -o {tmp_path / 'silent.mkv'}`" in gone.stderr
    assert "state     expired\n          its files were removed at " in after.stdout


def test_a_failure_is_shown_with_the_messages_of_ffmpeg(ffremote: Ffremote, script: Script) -> None:
    details = {"hint": "Try again.", "stderr_tail": ["moov atom\tnot found", "\x1b[2J"]}
    error = {"code": "TRANSCODE_FAILED", "message": "It is damaged.", "details": details}
    script.on(f"GET /jobs/{JOB}", json_reply(job_id=JOB, state="failed", attempt=3, error=error))

    assert ffremote("show", JOB).stdout == (
        f"job       {JOB}\n"
        "state     failed\n"
        "attempts  3\n"
        "error     It is damaged.\n"
        "          Try again.\n"
        "ffmpeg    moov atom not found\n"
        "          \N{REPLACEMENT CHARACTER}[2J\n"
    )


def test_a_job_that_runs_is_not_removed(ffremote: Ffremote, script: Script) -> None:
    refusal = error_reply(409, "JOB_NOT_READY", "The job is running.")
    script.on(f"DELETE /jobs/{JOB}/result", refusal)

    done = ffremote("rm", JOB, "--inputs")

    assert (done.returncode, done.stdout) == (4, "")
    assert script.calls() == [f"DELETE /jobs/{JOB}/result"]
