"""The uploads of a job with several inputs: interrupted, resumed by a later process, stopped."""

import threading
from pathlib import Path
from typing import Any

import pytest

from ffremote_cli import LocalFileProblem, Refused, Stopped, Unreachable
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Reply, Request, Script, error_reply, json_reply
from tests.support.scripted_tus import client_for
from tests.support.scripted_uploads import UploadServer, contents_of, large_files

JOB_OF_THREE: dict[str, Any] = {"output_filename": "o.mp4", "inputs": [{}, {}, {}]}


@pytest.fixture
def server(script: Script) -> UploadServer:
    """A tus server by script."""
    return UploadServer(script)


@pytest.fixture
def large(tmp_path: Path) -> tuple[Path, ...]:
    """Three files that are sent by tus."""
    return large_files(tmp_path, "a.mkv", "b.mkv", "c.mkv")


def interrupt(script: Script, server: UploadServer, large: tuple[Path, ...], folder: Path) -> None:
    """Leave the state of a process whose server went away within the second file."""
    server.loses["u1"] = error_reply(503, "SERVICE_UNAVAILABLE", "Not now.")
    with client_for(script, folder, patience_seconds=0) as client, pytest.raises(Refused):
        client.submit(large, JOB_OF_THREE)


def test_after_a_break_each_file_continues_at_its_own_offset(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    for upload_id in ("u0", "u2"):
        server.loses[upload_id] = error_reply(503, "SERVICE_UNAVAILABLE", "Not now.")
    breaks: list[str] = []

    with client_for(script, tmp_path) as client:
        client.submit(large, JOB_OF_THREE, on_break=lambda error: breaks.append(error.message))

    assert server.contents() == contents_of(large)
    assert breaks == ["Not now.", "Not now."]


def test_a_second_run_continues_each_file_for_the_same_job(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    interrupt(script, server, large, tmp_path)

    with client_for(script, tmp_path) as client:
        accepted = client.submit(large, JOB_OF_THREE)

    assert accepted.job_id == JOB
    assert server.contents() == contents_of(large)
    assert len(server.submitted()) == 1


def test_a_run_that_ended_before_its_job_was_created_creates_one_job(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    script.on(
        "POST /jobs",
        Reply(202, b"{", {"Content-Length": "99"}, cut_after=1),
        json_reply(202, job_id=JOB),
    )
    with client_for(script, tmp_path) as client:
        with pytest.raises(Unreachable):
            client.submit(large, JOB_OF_THREE)
        client.submit(large, JOB_OF_THREE)

    keys = [
        request.headers["Idempotency-Key"]
        for request in script.requests
        if request.path == "/api/v1/jobs"
    ]
    assert (len(keys), len(set(keys))) == (2, 1)
    assert server.names == ["a.mkv", "b.mkv", "c.mkv"]
    assert server.contents() == contents_of(large)


def test_a_job_that_was_canceled_meanwhile_is_not_continued(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    interrupt(script, server, large, tmp_path)
    script.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="canceled"))

    with client_for(script, tmp_path) as client:
        client.submit(large, JOB_OF_THREE)

    assert len(server.submitted()) == 2


def test_the_job_id_is_enough_to_continue(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    interrupt(script, server, large, tmp_path)

    with client_for(script, tmp_path) as client:
        resumed = [client.resume_upload(JOB), client.resume_upload(JOB)]

    assert resumed == [True, False]
    assert server.contents() == contents_of(large)


def test_a_file_that_has_changed_is_not_continued(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    interrupt(script, server, large, tmp_path)
    large[1].write_bytes(b"another file")

    with (
        client_for(script, tmp_path) as client,
        pytest.raises(LocalFileProblem, match=r"b\.mkv has changed since its upload began"),
    ):
        client.resume_upload(JOB)


def test_the_refusal_of_one_file_ends_the_others_and_deletes_what_is_unfinished(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    server.loses["u1"] = error_reply(415, "UNSUPPORTED_MEDIA_TYPE", "b.mkv is not media.")

    with client_for(script, tmp_path) as client, pytest.raises(Refused, match="not media"):
        client.submit(large, JOB_OF_THREE)

    assert "DELETE /uploads/u1" in script.calls()
    assert not client.resume_upload(JOB)


@pytest.mark.slow
def test_stopping_ends_all_uploads_and_cancels_the_job(
    script: Script, server: UploadServer, large: tuple[Path, ...], tmp_path: Path
) -> None:
    stop, finished = threading.Event(), threading.Event()
    accepted: list[str] = []
    append = server.append

    def block_others(upload_id: str, request: Request) -> Reply:
        if upload_id == "u0":
            stop.set()
        else:
            assert finished.wait(60)  # these requests are in progress when the work is stopped
        return append(upload_id, request)

    server.append = block_others  # type: ignore[method-assign]
    with client_for(script, tmp_path, stop=stop) as client:
        with pytest.raises(Stopped):
            client.submit(large, JOB_OF_THREE, on_accepted=accepted.append)
        client.cancel(accepted[0])
    finished.set()

    deleted = [call for call in script.calls() if call.startswith("DELETE")]
    assert deleted[0] == f"DELETE /jobs/{JOB}"
    assert {"DELETE /uploads/u1", "DELETE /uploads/u2"} <= set(deleted)
    assert not client.resume_upload(JOB)
    assert list(tmp_path.glob("uploads/*.lock")) == []
