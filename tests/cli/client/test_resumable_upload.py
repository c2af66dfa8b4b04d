"""Large files are uploaded in chunks, and resumed after a failure, also by another run."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote_cli import Refused, Stopped, Unreachable
from ffremote_cli.client.transfer.tus_requests import PIECE_BYTES
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Reply, Script, error_reply, json_reply
from tests.support.scripted_tus import SIZE, TusServer, client_for, interrupt_upload


def test_the_job_is_accepted_before_the_first_byte(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    accepted_ids: list[str] = []

    with client_for(script, tmp_path) as client:
        accepted = client.submit(
            large, {"output_filename": "o.mp4"}, on_accepted=accepted_ids.append
        )

    assert (accepted.job_id, accepted_ids) == (JOB, [JOB])
    assert bytes(tus.bytes) == large.read_bytes()
    assert script.calls() == ["OPTIONS /uploads", "POST /uploads", "PATCH /uploads/u"]
    assert SIZE < PIECE_BYTES


def test_a_second_job_on_the_same_file_sends_no_bytes(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    script.on("POST /jobs", json_reply(202, job_id="second"))

    with client_for(script, tmp_path) as client:
        client.submit(large, {"output_filename": "a.mp4"})
        second = client.submit(large, {"output_filename": "b.mp4", "input": {"start": 1}})

    assert second.job_id == "second"
    assert script.calls()[3:] == ["POST /jobs"]
    assert json.loads(script.requests[3].body) == {
        "output_filename": "b.mp4",
        "input": {"start": 1, "upload_id": "u"},
    }


def test_an_upload_that_the_server_removed_is_sent_again(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    script.on("POST /jobs", error_reply(404, "UPLOAD_NOT_FOUND", "There is no upload 'u'."))

    with client_for(script, tmp_path) as client:
        client.submit(large, {"output_filename": "a.mp4"})
        tus.bytes.clear()
        client.submit(large, {"output_filename": "b.mp4"})

    assert script.calls().count("POST /uploads") == 2
    assert bytes(tus.bytes) == large.read_bytes()


def test_after_a_failure_only_the_rest_is_sent(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    tus.lose_connection(reply=error_reply(503, "SERVICE_UNAVAILABLE", "Not now."))

    with client_for(script, tmp_path) as client:
        client.submit(large, {"output_filename": "o.mp4"})

    assert bytes(tus.bytes) == large.read_bytes()
    offsets = [it.headers["Upload-Offset"] for it in script.requests if it.method == "PATCH"]
    assert offsets == ["0", str(SIZE - 5000)]


def test_another_run_resumes_where_the_first_died(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    tus.lose_connection(reply=error_reply(503, "SERVICE_UNAVAILABLE", "Not now."))
    with (
        client_for(script, tmp_path, patience_seconds=0) as client,
        pytest.raises(Refused, match="Not now"),
    ):
        client.submit(large, {"output_filename": "o.mp4"})

    with client_for(script, tmp_path) as client:
        accepted = client.submit(large, {"output_filename": "o.mp4"})

    assert accepted.job_id == JOB
    assert bytes(tus.bytes) == large.read_bytes()
    assert script.calls().count("POST /uploads") == 1


def test_an_upload_of_which_the_server_cannot_tell_the_offset_now_is_not_begun_again(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    interrupt_upload(script, tus, large, tmp_path)
    away = error_reply(503, "SERVICE_UNAVAILABLE", "The object store does not answer.")
    script.on("GET /uploads/u", away, tus.status)

    with client_for(script, tmp_path) as client:
        client.submit(large, {"output_filename": "o.mp4"})

    assert script.calls().count("POST /uploads") == 1
    assert bytes(tus.bytes) == large.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(path.read_bytes()),
        lambda path: path.rename(path.with_name("other.mkv")),
    ],
)
def test_a_changed_file_is_sent_again(
    script: Script,
    tus: TusServer,
    large: Path,
    tmp_path: Path,
    change: Callable[[Path], Path | None],
) -> None:
    tus.lose_connection(reply=error_reply(503, "SERVICE_UNAVAILABLE", "Not now."))
    with client_for(script, tmp_path, patience_seconds=0) as client, pytest.raises(Refused):
        client.submit(large, {"output_filename": "o.mp4"})
    changed = change(large)
    tus.bytes.clear()

    with client_for(script, tmp_path) as client:
        client.submit(changed if isinstance(changed, Path) else large, {"output_filename": "o.mp4"})

    assert script.calls().count("POST /uploads") == 2


def test_the_upload_of_a_canceled_job_is_not_resumed(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    tus.lose_connection(reply=error_reply(503, "SERVICE_UNAVAILABLE", "Not now."))
    with client_for(script, tmp_path, patience_seconds=0) as client, pytest.raises(Refused):
        client.submit(large, {"output_filename": "o.mp4"})
    script.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="canceled"))
    tus.bytes.clear()

    with client_for(script, tmp_path) as client:
        client.submit(large, {"output_filename": "o.mp4"})

    assert script.calls().count("POST /uploads") == 2


@pytest.mark.parametrize(
    "reply", [Reply(204), error_reply(404, "UPLOAD_NOT_FOUND", "Removed with its job.")]
)
def test_stopping_cancels_the_job_and_deletes_the_upload(
    script: Script, tus: TusServer, large: Path, tmp_path: Path, reply: Reply
) -> None:
    script.on("DELETE /uploads/u", reply)
    stop = threading.Event()
    accepted_ids: list[str] = []

    def stop_now(have: int, _: int | None) -> None:
        if have:
            stop.set()

    with client_for(script, tmp_path, stop=stop) as client:
        with pytest.raises(Stopped):
            client.submit(
                large,
                {"output_filename": "o.mp4"},
                on_bytes=stop_now,
                on_accepted=accepted_ids.append,
            )
        client.cancel(accepted_ids[0])

    assert script.calls()[-2:] == [f"DELETE /jobs/{JOB}", "DELETE /uploads/u"]
    assert list(tmp_path.glob("uploads/*")) == []


def test_a_file_above_the_limit_is_refused_before_any_byte(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    script.on(
        "OPTIONS /uploads", Reply(204, b"", {"Tus-Extension": "creation", "Tus-Max-Size": "1000"})
    )

    with client_for(script, tmp_path) as client, pytest.raises(Refused) as caught:
        client.submit(large, {"output_filename": "o.mp4"})

    assert caught.value.code == "FILE_TOO_LARGE"
    assert script.calls() == ["OPTIONS /uploads"]


def test_a_server_without_tus_gets_one_request(script: Script, large: Path, tmp_path: Path) -> None:
    script.on("POST /jobs", json_reply(202, job_id=JOB))

    with client_for(script, tmp_path) as client:
        client.submit(large, {"output_filename": "o.mp4"})

    assert script.calls() == ["OPTIONS /uploads", "POST /jobs"]
    assert large.read_bytes() in script.requests[1].body


def test_a_server_that_does_not_come_back_is_an_error(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    script.on("PATCH /uploads/u", Reply(200, b"x", {"Content-Length": "9"}, cut_after=0))
    script.on("GET /uploads/u", Reply(200, b"", {"Content-Type": "text/html"}))

    with (
        client_for(script, tmp_path, patience_seconds=0.1) as client,
        pytest.raises(Unreachable),
    ):
        client.submit(large, {"output_filename": "o.mp4"})
