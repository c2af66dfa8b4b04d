"""POST /jobs/{id}/retry: a further job on the inputs of one that has ended."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from ffremote.jobs import claims, retention, store
from ffremote.spec import Preset
from ffremote.states import FailureReason
from tests.support.api_jobs import JOBS, error_code, submit
from tests.support.multipart import file_part, form, job_part
from tests.support.tus_requests import begin
from tests.support.worker_steps import claim, complete

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def ended(client: FlaskClient, session: Session, storage: Storage) -> str:
    """A completed job."""
    job_id = submit(client, labels={"film": "42"}, video={"crf": 20})
    complete(session, storage)
    return job_id


def uploads(client: FlaskClient, job_id: str) -> Any:
    job = client.get(f"{JOBS}/{job_id}").json
    return [each["upload_id"] for each in job.get("inputs", [job["input"]])]


def test_without_a_body_the_same_job_is_queued_on_the_same_upload(
    client: FlaskClient, ended: str
) -> None:
    accepted = client.post(f"{JOBS}/{ended}/retry")

    again = accepted.json["job_id"]
    assert (accepted.status_code, accepted.json["state"]) == (202, "queued")
    assert accepted.headers["Location"] == f"{JOBS}/{again}"
    assert again != ended
    assert client.get(f"{JOBS}/{again}").json["job"] == client.get(f"{JOBS}/{ended}").json["job"]
    assert uploads(client, again) == uploads(client, ended)
    assert client.get(f"{JOBS}?label=film=42").json["total"] == 2


def test_a_body_is_another_job_on_the_same_upload(client: FlaskClient, ended: str) -> None:
    before = client.get(f"{JOBS}/{ended}").json
    changed = {**before["job"], "output_filename": "b.mkv", "container": "mkv"}
    changed["input"] = {"start": 1, "upload_id": before["input"]["upload_id"]}

    again = client.post(f"{JOBS}/{ended}/retry", json=changed).json["job_id"]

    job = client.get(f"{JOBS}/{again}").json["job"]
    assert (job["output_filename"], job["container"], job["input"]["start"]) == ("b.mkv", "mkv", 1)
    assert uploads(client, again) == uploads(client, ended)


def test_several_inputs_keep_their_order(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    parts = [job_part(inputs=[{}, {"start": 1}]), file_part(), file_part(file_part().body + b"2")]
    earlier = client.post(JOBS, **form(*parts)).json["job_id"]
    client.delete(f"{JOBS}/{earlier}")

    again = client.post(f"{JOBS}/{earlier}/retry").json["job_id"]

    assert uploads(client, again) == uploads(client, earlier)
    assert len(set(uploads(client, again))) == 2
    fewer = client.post(f"{JOBS}/{earlier}/retry", json={"output_filename": "a.mp4"})
    assert fewer.json["error"]["details"]["field"] == "inputs"
    assert error_code(fewer) == (400, "INVALID_ARGUMENT")


def test_a_preset_keeps_the_values_that_it_had(
    app: Flask, client: FlaskClient, session: Session, storage: Storage
) -> None:
    earlier = submit(client, preset="web-720p")
    complete(session, storage)
    presets = app.extensions["ffremote"].presets
    presets["web-720p"] = Preset("web-720p", "", {"video": {"crf": 51}, "audio": False})

    again = client.post(f"{JOBS}/{earlier}/retry").json["job_id"]

    assert client.get(f"{JOBS}/{again}").json["job"] == client.get(f"{JOBS}/{earlier}").json["job"]


def test_a_failed_job_may_be_retried_and_one_that_has_not_ended_may_not(
    client: FlaskClient, session: Session
) -> None:
    job_id = submit(client)
    queued = client.post(f"{JOBS}/{job_id}/retry")
    taken = claim(session)
    running = client.post(f"{JOBS}/{job_id}/retry")
    reason = FailureReason.CORRUPT_INPUT
    claims.fail(session, taken, reason=reason, message="It is damaged.", details={})
    failed = client.post(f"{JOBS}/{job_id}/retry")

    assert error_code(queued) == error_code(running) == (409, "JOB_NOT_READY")
    assert running.json["error"]["details"] == {"state": "running"}
    assert failed.status_code == 202


@pytest.mark.parametrize("removal", ["upload", "job"])
def test_an_input_that_was_removed_is_gone(
    client: FlaskClient, session: Session, storage: Storage, ended: str, removal: str
) -> None:
    [upload_id] = uploads(client, ended)
    if removal == "upload":
        client.delete(f"/api/v1/uploads/{upload_id}")
    else:  # a canceled job loses the input that was still arriving
        upload_id = begin(client, job='{"output_filename": "a.mp4"}').rpartition("/")[2]
        ended = client.get(f"{JOBS}?state=queued").json["items"][0]["job_id"]
        client.delete(f"{JOBS}/{ended}")

    response = client.post(f"{JOBS}/{ended}/retry")

    assert error_code(response) == (410, "RESULT_EXPIRED")
    assert response.json["error"]["details"] == {"job_id": ended, "upload_id": upload_id}


def test_the_input_stays_while_the_further_job_needs_it(
    client: FlaskClient, session: Session, storage: Storage, ended: str
) -> None:
    again = client.post(f"{JOBS}/{ended}/retry").json["job_id"]
    client.delete(f"{JOBS}/{ended}/result")
    retention.expire_uploads(session, storage)

    complete(session, storage)

    assert store.find(session, again).state == "completed"


def test_a_key_stands_for_one_retry(client: FlaskClient, ended: str) -> None:
    headers = {"Idempotency-Key": "again"}

    def retry(**body: Any) -> Any:
        return client.post(f"{JOBS}/{ended}/retry", headers=headers, **body)

    first, again = retry(), retry()
    other = retry(json={"output_filename": "b.mp4"})
    [upload_id] = uploads(client, ended)
    spec = {**client.get(f"{JOBS}/{ended}").json["job"], "input": {"upload_id": upload_id}}
    plain = client.post(JOBS, json=spec, headers=headers)

    assert first.json["job_id"] == again.json["job_id"]
    assert error_code(other) == error_code(plain) == (409, "IDEMPOTENCY_CONFLICT")


@pytest.mark.parametrize(
    ("arguments", "status", "field"),
    [
        ({"json": {"output_filename": "a.mp4", "video": {"crf": 99}}}, 400, "video.crf"),
        ({"json": {"output_filename": "a.mp4", "input": {"upload_id": UNKNOWN}}}, 400, None),
        ({"json": {"output_filename": "a.mp4", "preset": "none"}}, 400, "preset"),
        ({"json": {}}, 400, "output_filename"),
        ({"data": b"[1]", "content_type": "application/json"}, 400, "job"),
        ({"data": b"{}", "content_type": "text/plain"}, 415, "Content-Type"),
        ({"data": b"{}", "headers": {"Transfer-Encoding": "chunked"}}, 411, "Content-Length"),
        ({"headers": {"Idempotency-Key": ""}}, 400, "Idempotency-Key"),
    ],
)
def test_a_wrong_retry_is_refused_with_its_field(
    client: FlaskClient, ended: str, arguments: dict[str, Any], status: int, field: str | None
) -> None:
    response = client.post(f"{JOBS}/{ended}/retry", **arguments)

    details = response.json["error"]["details"]
    assert (response.status_code, details["field"]) == (status, field or "input.upload_id")
    assert client.get(JOBS).json["total"] == 1


@pytest.mark.parametrize("job_id", [UNKNOWN, "nonsense", "%00", "..%2f.."])
def test_an_unknown_job_is_not_found(client: FlaskClient, job_id: str) -> None:
    response = client.post(f"{JOBS}/{job_id}/retry", json={"output_filename": json.dumps(job_id)})

    assert response.status_code == 404
