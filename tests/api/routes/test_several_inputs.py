"""Jobs with several inputs over HTTP: forms, uploads, progress, their JSON, wrong numbers."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.files.storage import Storage
from tests.support.kept_files import upload_path
from tests.support.multipart import BOUNDARY, MEDIA, Part, file_part, form, job_part
from tests.support.tus_requests import create, patch

JOBS = "/api/v1/jobs"
TWO = {"inputs": [{}, {"start": 1}]}


def post(client: FlaskClient, *parts: Part) -> Any:
    return client.post(JOBS, **form(*parts))


def named(name: str, body: bytes) -> Part:
    return Part("file", body, name)


def upload(client: FlaskClient, body: bytes = MEDIA, *, bytes_sent: int | None = None) -> str:
    """Create an upload and send the first bytes of it, all by default; return its id."""
    url = create(client, size=len(body)).headers["Location"]
    patch(client, url, 0, body[:bytes_sent])
    return str(url.rpartition("/")[2])


def from_uploads(client: FlaskClient, *upload_ids: str) -> Any:
    spec = {"output_filename": "a.mp4", "inputs": [{"upload_id": each} for each in upload_ids]}
    return client.post(JOBS, json=spec)


def leftovers(storage: Storage) -> list[str]:
    return [*storage.upload_ids(), *storage.job_ids()]


@pytest.mark.parametrize("job_first", [True, False])
def test_the_files_of_a_form_are_the_inputs_in_their_order(
    client: FlaskClient, storage: Storage, job_first: bool
) -> None:
    files = [named("b.mp4", MEDIA + b"b"), named("a.mp4", MEDIA + b"a")]
    job = job_part(**TWO)

    response = post(client, *([job, *files] if job_first else [*files, job]))

    assert response.status_code == 202, response.json
    whole = client.get(response.headers["Location"]).json
    assert [(each["filename"], each["bytes"]) for each in whole["inputs"]] == [
        ("b.mp4", len(MEDIA) + 1),
        ("a.mp4", len(MEDIA) + 1),
    ]
    assert whole["input"] == whole["inputs"][0]
    assert whole["job"]["inputs"] == [{}, {"start": 1.0}]
    stored = [upload_path(storage, each["upload_id"]).read_bytes() for each in whole["inputs"]]
    assert stored == [MEDIA + b"b", MEDIA + b"a"]
    [item] = client.get(JOBS).json["items"]
    assert (item["input_filename"], item["input_bytes"]) == ("b.mp4", 2 * len(MEDIA) + 2)
    assert item["inputs"] == [
        {"filename": "b.mp4", "bytes": len(MEDIA) + 1},
        {"filename": "a.mp4", "bytes": len(MEDIA) + 1},
    ]


@pytest.mark.parametrize(
    ("parts", "numbers"),
    [
        ((job_part(**TWO), file_part()), "The job has 2 inputs, and the form has 1 part"),
        ((file_part(), job_part(**TWO)), "The job has 2 inputs, and the form has 1 part"),
        (
            (job_part(**TWO), file_part(), file_part(), file_part()),
            "The job has 2 inputs, and the form has at least 3 parts",
        ),
        (
            (file_part(), file_part(), job_part()),
            "The job has 1 input, and the form has at least 2 parts",
        ),
        (
            (*[file_part()] * 17, job_part(**TWO)),
            "A job has at most 16 inputs, and the form has at least 17 parts",
        ),
    ],
)
def test_a_wrong_number_of_files_is_refused_with_both_numbers_and_leaves_nothing(
    client: FlaskClient, storage: Storage, parts: tuple[Part, ...], numbers: str
) -> None:
    response = post(client, *parts)

    assert response.status_code == 400
    assert response.json["error"]["message"] == (
        f"{numbers} named 'file'; send one for each input, in their order."
    )
    assert response.json["error"]["details"]["field"] == "file"
    assert leftovers(storage) == []


def test_a_broken_form_leaves_none_of_its_files(client: FlaskClient, storage: Storage) -> None:
    whole = form(job_part(**TWO), file_part(), file_part())
    cut = whole["data"][: -len(MEDIA) // 2]

    response = client.post(JOBS, data=cut, content_type=whole["content_type"])

    assert response.status_code == 400
    assert f"--{BOUNDARY}".encode() in cut
    assert leftovers(storage) == []


def test_a_second_file_that_is_no_media_is_refused(client: FlaskClient, storage: Storage) -> None:
    response = post(client, job_part(**TWO), file_part(), file_part(b"hello\n" * 99))

    assert response.status_code == 415
    assert leftovers(storage) == []


def test_the_files_of_a_form_have_one_limit_together(settings: Settings, storage: Storage) -> None:
    tight = settings.model_copy(update={"max_upload_bytes": len(MEDIA) * 3 // 2})
    client = create_app(tight).test_client()

    response = post(client, job_part(**TWO), file_part(), file_part())

    assert response.status_code == 413
    assert "The 2 files so far have at least" in response.json["error"]["message"]
    assert leftovers(storage) == []


def test_uploads_have_the_same_limit_together(settings: Settings) -> None:
    tight = settings.model_copy(update={"max_upload_bytes": len(MEDIA) * 3 // 2})
    client = create_app(tight).test_client()
    one, two = upload(client), upload(client, MEDIA[:-1] + b"x")

    refused = from_uploads(client, one, two)
    twice = from_uploads(client, one, one)

    assert (refused.status_code, twice.status_code) == (413, 202)
    assert refused.json["error"]["message"] == (
        f"The 2 inputs have {2 * len(MEDIA)} bytes together; the limit is {tight.max_upload_bytes}."
    )


def test_a_job_waits_for_all_of_its_uploads_and_shows_their_progress(client: FlaskClient) -> None:
    half = len(MEDIA) // 2
    one, two = upload(client), upload(client, bytes_sent=half)
    job = from_uploads(client, one, two).headers["Location"]

    waiting = client.get(job).json
    patch(client, f"/api/v1/uploads/{two}", half, MEDIA[half:])
    ready = client.get(job).json

    assert (waiting["phase"], ready["phase"]) == ("uploading", "queued")
    assert waiting["upload"] == {
        "upload_id": two,
        "bytes": 2 * len(MEDIA),
        "bytes_received": len(MEDIA) + half,
        "percent": 75,
    }
    assert [each["bytes_received"] for each in waiting["inputs"]] == [len(MEDIA), half]
    assert ready["upload"] is None
    assert [each["bytes_received"] for each in ready["inputs"]] == [len(MEDIA)] * 2


def test_a_lost_upload_of_several_ends_the_job_and_is_named(client: FlaskClient) -> None:
    one, two = upload(client), upload(client, bytes_sent=9)
    job = from_uploads(client, one, two).headers["Location"]

    needed = client.delete(f"/api/v1/uploads/{one}")
    removed = client.delete(f"/api/v1/uploads/{two}")

    status = client.get(f"{job}/status").json
    assert (needed.status_code, removed.status_code, status["state"]) == (409, 204, "failed")
    assert status["error"]["message"] == (
        "The upload of inputs[1] was removed before it was complete."
    )


def test_a_cancel_removes_all_uploads_that_still_arrive(
    client: FlaskClient, storage: Storage
) -> None:
    one, two, three = upload(client), upload(client, bytes_sent=9), upload(client, bytes_sent=8)
    job = from_uploads(client, two, one, three).headers["Location"]

    client.delete(job)

    assert list(storage.upload_ids()) == [one]


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        (
            {"inputs": [{"upload_id": "?"}, {}, {"upload_id": "?"}]},
            "inputs[1].upload_id",
            "A job sent without files must name an upload for each of its 3 inputs; it names 2.",
        ),
        (
            {"inputs": [{}]},
            "inputs[0].upload_id",
            "A job sent without a file must name an upload.",
        ),
        ({}, "input.upload_id", "A job sent without a file must name an upload."),
    ],
)
def test_a_job_without_files_names_an_upload_for_each_input(
    client: FlaskClient, fields: dict[str, Any], field: str, message: str
) -> None:
    known = upload(client)
    for each in fields.get("inputs", []):
        each |= {"upload_id": known} if each else {}

    response = client.post(JOBS, json={"output_filename": "a.mp4", **fields})

    assert response.status_code == 400
    assert response.json["error"]["message"] == message
    assert response.json["error"]["details"] == {"field": field}


def test_an_unknown_upload_among_several_is_named(client: FlaskClient) -> None:
    unknown = "33333333-3333-4333-8333-333333333333"

    response = from_uploads(client, upload(client), unknown)

    assert response.status_code == 404
    assert response.json["error"]["details"] == {"upload_id": unknown}


def test_a_form_and_the_metadata_of_an_upload_name_no_upload(client: FlaskClient) -> None:
    named_upload = upload(client)
    inputs = {"inputs": [{}, {"upload_id": named_upload}]}

    by_form = post(client, job_part(**inputs), file_part(), file_part())
    by_upload = create(client, job='{"output_filename": "a.mp4", "inputs": [{}, {}]}')

    assert by_form.json["error"]["details"] == {"field": "inputs[1].upload_id"}
    assert (by_upload.status_code, by_upload.json["error"]["details"]) == (400, {"field": "inputs"})
    assert by_upload.json["error"]["message"] == (
        "A job in the metadata of an upload has one input, this one has 2; create the uploads "
        "first, then name them in a job for POST /api/v1/jobs."
    )


def test_the_order_of_inputs_is_part_of_a_repeated_request(client: FlaskClient) -> None:
    key = {"Idempotency-Key": "k"}
    files = [named("a.mp4", MEDIA + b"a"), named("b.mp4", MEDIA + b"b")]

    first = client.post(JOBS, **form(job_part(**TWO), *files), headers=key)
    again = client.post(JOBS, **form(job_part(**TWO), *files), headers=key)
    swapped = client.post(JOBS, **form(job_part(**TWO), *files[::-1]), headers=key)

    assert first.json["job_id"] == again.json["job_id"]
    assert swapped.status_code == 409


def test_the_json_of_one_input_has_no_list_of_inputs(client: FlaskClient) -> None:
    job = post(client, job_part(), file_part()).headers["Location"]

    assert "inputs" not in client.get(job).json
    assert "inputs" not in client.get(JOBS).json["items"][0]
