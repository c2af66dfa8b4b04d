"""Jobs: results, logs, cancel and removal."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.ffmpeg import Failure
from ffremote.files.storage import Storage
from ffremote.jobs import claims
from ffremote.states import FailureReason
from tests.support.api_jobs import JOBS, error_code, submit
from tests.support.kept_files import upload_path
from tests.support.multipart import MEDIA
from tests.support.worker_steps import RESULT, SHA, claim, complete

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_the_result_of_a_completed_job_is_sent(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    job_id = submit(client, output_filename='résumé "1".mp4')
    complete(session, storage)

    response = client.get(f"{JOBS}/{job_id}/result")

    assert response.status_code == 200
    assert response.data == RESULT
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.headers["Content-Length"] == str(len(RESULT))
    assert response.headers["ETag"] == f'"{SHA}"'
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=\"r_sum_ _1_.mp4\"; filename*=UTF-8''r%C3%A9sum%C3%A9%20%221%22.mp4"
    )
    whole = client.get(f"{JOBS}/{job_id}").json
    assert whole["result"] == {
        "filename": 'résumé "1".mp4',
        "bytes": len(RESULT),
        "sha256": SHA,
        "duration": 2.0,
    }


def test_the_log_is_text_and_can_be_read_from_an_offset(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    job_id = submit(client)
    assert client.get(f"{JOBS}/{job_id}/log").data == b""
    complete(session, storage)

    whole = client.get(f"{JOBS}/{job_id}/log")
    rest = client.get(f"{JOBS}/{job_id}/log", headers={"Range": "bytes=16-"})

    assert whole.data == b"ffmpeg -i input\nframe= 1\n"
    assert whole.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert (rest.status_code, rest.data) == (206, b"frame= 1\n")
    end = client.get(f"{JOBS}/{job_id}/log", headers={"Range": "bytes=25-"})
    assert (end.status_code, end.headers["Content-Range"]) == (416, "bytes */25")


def test_there_is_no_result_before_the_end(client: FlaskClient, session: Session) -> None:
    job_id = submit(client)
    assert error_code(client.get(f"{JOBS}/{job_id}/result")) == (409, "JOB_NOT_READY")
    claim(session)
    assert error_code(client.get(f"{JOBS}/{job_id}/result")) == (409, "JOB_NOT_READY")
    client.delete(f"{JOBS}/{job_id}")
    assert error_code(client.get(f"{JOBS}/{job_id}/result")) == (409, "JOB_CANCELED")


def test_a_failed_job_says_why(client: FlaskClient, session: Session) -> None:
    job_id = submit(client)
    failure = Failure(
        FailureReason.CORRUPT_INPUT, "Broken.", "h", 1, None, ("moov atom not found",)
    )
    stored = failure.to_json()
    claims.fail(
        session, claim(session), reason=failure.reason, message=failure.message, details=stored
    )

    response = client.get(f"{JOBS}/{job_id}/result")

    expected = {
        "code": "TRANSCODE_FAILED",
        "message": "Broken.",
        "details": {
            "reason": "corrupt_input",
            "hint": "h",
            "exit_code": 1,
            "signal": None,
            "stderr_tail": ["moov atom not found"],
        },
    }
    assert (response.status_code, response.json["error"]) == (422, expected)
    assert client.get(f"{JOBS}/{job_id}/status").json["error"] == expected
    assert error_code(client.delete(f"{JOBS}/{job_id}")) == (409, "JOB_FINISHED")


def test_canceling_twice_is_fine(client: FlaskClient) -> None:
    job_id = submit(client)

    responses = [client.delete(f"{JOBS}/{job_id}") for _ in range(2)]

    for response in responses:
        assert (response.status_code, response.json) == (
            202,
            {"job_id": job_id, "state": "canceled"},
        )


def test_a_completed_job_cannot_be_canceled(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    job_id = submit(client)
    complete(session, storage)

    assert error_code(client.delete(f"{JOBS}/{job_id}")) == (409, "JOB_FINISHED")


def test_a_removed_result_is_gone_and_its_job_stays(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    job_id = submit(client)
    assert error_code(client.delete(f"{JOBS}/{job_id}/result")) == (409, "JOB_NOT_READY")
    complete(session, storage)

    response = client.delete(f"{JOBS}/{job_id}/result")

    assert (response.status_code, response.data) == (204, b"")
    assert error_code(client.get(f"{JOBS}/{job_id}/result")) == (410, "RESULT_EXPIRED")
    assert error_code(client.get(f"{JOBS}/{job_id}/log")) == (410, "RESULT_EXPIRED")
    assert list(storage.job_ids()) == []
    assert client.get(f"{JOBS}/{job_id}").json["state"] == "completed"


@pytest.mark.parametrize("job_id", [UNKNOWN, "x", "..", "%00", "a" * 300])
def test_an_unknown_job_is_not_found_by_any_method(client: FlaskClient, job_id: str) -> None:
    base = f"{JOBS}/{job_id}"
    for path in (f"{base}/status", f"{base}/result", f"{base}/log"):
        assert error_code(client.get(path)) == (404, "JOB_NOT_FOUND"), path
    for path in (base, f"{base}/result"):
        assert client.delete(path).status_code == 404, path


def test_a_job_can_use_an_existing_upload(client: FlaskClient, storage: Storage) -> None:
    first = client.get(f"{JOBS}/{submit(client)}").json
    upload_id = first["input"]["upload_id"]

    response = client.post(
        JOBS, json={"output_filename": "b.mp4", "input": {"upload_id": upload_id}}
    )

    assert response.status_code == 202
    second = client.get(response.headers["Location"]).json
    assert second["input"] == first["input"]
    assert upload_path(storage, upload_id).read_bytes() == MEDIA


def test_a_job_for_an_unknown_upload_is_refused(client: FlaskClient) -> None:
    nothing = client.post(JOBS, json={"output_filename": "b.mp4"})
    unknown = client.post(JOBS, json={"output_filename": "b.mp4", "input": {"upload_id": UNKNOWN}})

    assert error_code(nothing) == (400, "INVALID_ARGUMENT")
    assert nothing.json["error"]["details"]["field"] == "input.upload_id"
    assert error_code(unknown) == (404, "UPLOAD_NOT_FOUND")
