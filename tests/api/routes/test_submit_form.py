"""POST /jobs with a form: what is accepted, and what is refused and leaves nothing."""

import hashlib
from typing import Any

import pytest
from flask.testing import FlaskClient

from ffremote.config import Settings
from ffremote.files.storage import Storage
from ffremote.jobs import store
from tests.support.kept_files import upload_path
from tests.support.multipart import BOUNDARY, MEDIA, Part, file_part, form, job_part


def post(client: FlaskClient, *parts: Part) -> Any:
    return client.post("/api/v1/jobs", **form(*parts))


def leftovers(storage: Storage) -> list[str]:
    return [*storage.upload_ids(), *storage.job_ids()]


@pytest.mark.parametrize("order", [1, -1])
def test_a_job_and_its_file_are_accepted_in_either_order(
    client: FlaskClient, storage: Storage, order: int
) -> None:
    parts = [job_part(priority=3, labels={"film": "42"}), file_part()]

    response = post(client, *parts[::order])

    assert response.status_code == 202
    job_id = response.json["job_id"]
    assert response.headers["Location"] == f"/api/v1/jobs/{job_id}"
    assert response.json == {
        "job_id": job_id,
        "state": "queued",
        "progress_percent": 0,
        "created_at": response.json["created_at"],
        "warnings": [],
    }
    whole = client.get(response.headers["Location"]).json
    assert whole["job"] == {
        "output_filename": "out.mp4",
        "priority": 3,
        "labels": {"film": "42"},
    }
    assert whole["input"] == {
        "upload_id": whole["input"]["upload_id"],
        "filename": "in.mp4",
        "bytes": len(MEDIA),
        "bytes_received": len(MEDIA),
        "sha256": hashlib.sha256(MEDIA).hexdigest(),
    }
    assert upload_path(storage, whole["input"]["upload_id"]).read_bytes() == MEDIA


REFUSED = {
    "two files": ((job_part(), file_part(), file_part()), 400, "INVALID_ARGUMENT", "file"),
    "two jobs": ((job_part(), job_part(), file_part()), 400, "INVALID_ARGUMENT", "job"),
    "no file": ((job_part(),), 400, "INVALID_ARGUMENT", "file"),
    "no job": ((file_part(),), 400, "INVALID_ARGUMENT", "job"),
    "no part": ((), 400, "INVALID_ARGUMENT", "file"),
    "strange part": ((Part("x", b"y"), file_part()), 400, "INVALID_ARGUMENT", "x"),
    "empty file": ((job_part(), file_part(b"")), 415, "UNSUPPORTED_MEDIA_TYPE", "file"),
    "text": ((job_part(), file_part(b"hello\n" * 99)), 415, "UNSUPPORTED_MEDIA_TYPE", "file"),
    "no json": ((Part("job", b"{"), file_part()), 400, "INVALID_ARGUMENT", "job"),
    "no name": ((Part("job", b"{}"), file_part()), 400, "INVALID_ARGUMENT", "output_filename"),
    "bad field last": (
        (file_part(), job_part(video={"crf": "x"})),
        400,
        "INVALID_ARGUMENT",
        "video.crf",
    ),
    "huge job": ((Part("job", b" " * 300_000), file_part()), 400, "INVALID_ARGUMENT", "job"),
    "upload named": (
        (job_part(input={"upload_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12}), file_part()),
        400,
        "INVALID_ARGUMENT",
        "input.upload_id",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_form_is_refused_and_leaves_nothing(
    client: FlaskClient, storage: Storage, case: str
) -> None:
    parts, status, code, field = REFUSED[case]

    response = post(client, *parts)

    error = response.json["error"]
    assert (response.status_code, error["code"], error["details"].get("field")) == (
        status,
        code,
        field,
    ), error
    assert leftovers(storage) == []
    assert client.get("/api/v1/jobs").json["total"] == 0


def test_a_form_that_is_cut_is_refused_and_leaves_nothing(
    client: FlaskClient, storage: Storage
) -> None:
    whole = form(job_part(), file_part())
    for kept in (10, 150, 400, len(whole["data"]) - 8):
        response = client.post("/api/v1/jobs", **whole | {"data": whole["data"][:kept]})

        assert response.status_code == 400, response.json
        assert response.json["error"]["details"]["field"] == "body"
    assert leftovers(storage) == []


def test_a_form_without_a_boundary_is_refused(client: FlaskClient) -> None:
    for kind in ("multipart/form-data", "text/plain", ""):
        response = client.post("/api/v1/jobs", data=b"x", content_type=kind)

        assert response.status_code == 415
        assert response.json["error"]["code"] == "UNSUPPORTED_MEDIA_TYPE"


def test_a_file_above_the_limit_is_refused_by_its_length(
    client: FlaskClient, settings: Settings, storage: Storage
) -> None:
    response = client.post(
        "/api/v1/jobs",
        data=b"",
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        environ_overrides={"CONTENT_LENGTH": str(21 << 30)},
    )

    assert (response.status_code, response.json["error"]["code"]) == (413, "FILE_TOO_LARGE")
    assert response.json["error"]["details"]["max_bytes"] == settings.max_upload_bytes
    assert leftovers(storage) == []


def test_the_same_key_and_request_make_one_job(client: FlaskClient, storage: Storage) -> None:
    def submit(**job: Any) -> Any:
        parts = form(job_part(**job), file_part())
        return client.post("/api/v1/jobs", **parts, headers={"Idempotency-Key": "a-1"})

    first, again, other = submit(), submit(), submit(priority=1)

    assert again.json["job_id"] == first.json["job_id"]
    assert (other.status_code, other.json["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert len(list(storage.upload_ids())) == 1


def test_the_job_row_is_there_at_once(client: FlaskClient, session: Any) -> None:
    job_id = post(client, job_part(), file_part()).json["job_id"]

    job = store.find(session, job_id)

    assert (job.state, job.output_filename) == ("queued", "out.mp4")
