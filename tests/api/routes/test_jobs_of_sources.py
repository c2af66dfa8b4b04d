"""Jobs without inputs over HTTP: JSON and forms without files, wrong numbers, their JSON."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from ffremote.files.storage import Storage
from tests.support.multipart import Part, file_part, form, job_part
from tests.support.tus_requests import create

JOBS = "/api/v1/jobs"
BARS = {"output_filename": "bars.mp4", "inputs": [], "graph": "testsrc2=s=64x64:d=1"}


def post(client: FlaskClient, *parts: Part) -> Any:
    return client.post(JOBS, **form(*parts))


def test_json_without_an_upload_is_a_job(client: FlaskClient, storage: Storage) -> None:
    response = client.post(JOBS, json=BARS)

    assert response.status_code == 202, response.json
    job = client.get(response.headers["Location"]).json
    assert (job["state"], job["input"], job["inputs"]) == ("queued", None, [])
    assert (job["phase"], job["upload"], job["queue_position"]) == ("queued", None, 1)
    assert job["job"] == BARS
    assert list(storage.upload_ids()) == []


def test_a_list_shows_it_without_a_file_name(client: FlaskClient) -> None:
    client.post(JOBS, json=BARS)

    [item] = client.get(JOBS).json["items"]

    shown = (item["input_filename"], item["input_bytes"], item["inputs"], item["upload"])
    assert shown == (None, None, [], None)


def test_a_form_without_files_is_a_job(client: FlaskClient) -> None:
    response = post(client, job_part(**BARS))

    assert response.status_code == 202, response.json
    assert client.get(response.headers["Location"]).json["inputs"] == []


@pytest.mark.parametrize("job_first", [True, False])
def test_files_for_a_job_without_inputs_are_refused_with_both_numbers(
    client: FlaskClient, storage: Storage, job_first: bool
) -> None:
    parts = [job_part(**BARS), file_part()]

    response = post(client, *(parts if job_first else reversed(parts)))

    assert (response.status_code, response.json["error"]["details"]) == (400, {"field": "file"})
    assert response.json["error"]["message"] == (
        "The job has 0 inputs, and the form has at least 1 part named 'file'; send none."
    )
    assert list(storage.upload_ids()) == []


def test_a_form_without_the_file_of_an_input_is_still_refused(client: FlaskClient) -> None:
    response = post(client, job_part(output_filename="a.mp4"))

    assert response.json["error"]["message"] == "The form has no part named 'file'."


def test_it_cannot_be_in_the_metadata_of_an_upload(client: FlaskClient) -> None:
    text = '{"output_filename": "a.mp4", "inputs": [], "graph": "testsrc2=d=1"}'

    response = create(client, job=text)

    assert response.json["error"]["message"] == (
        "A job in the metadata of an upload has one input, this one has 0; send it to POST"
        " /api/v1/jobs."
    )


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"graph": None}, "inputs", "inputs is empty, which requires a graph of sources"),
        ({"graph": "testsrc2"}, "graph", "the source 'testsrc2' never ends"),
        ({"graph": "[0:v]hflip"}, "graph", "[0:v] names input 0; the job has no inputs"),
        ({"graph": "hflip"}, "graph", "the filter 'hflip' reads a stream of an input"),
        ({"streams": ["0:v"]}, "streams[0]", "names input 0; the job has no inputs"),
        ({"input": {}}, "inputs", "inputs and input exclude each other"),
        ({"concat": "encode"}, "concat", "concat requires inputs with at least 2 items"),
    ],
)
def test_a_wrong_one_is_refused_by_its_field(
    client: FlaskClient, fields: dict[str, Any], field: str, said: str
) -> None:
    job = {key: value for key, value in {**BARS, **fields}.items() if value is not None}

    response = client.post(JOBS, json=job)

    assert response.json["error"]["details"]["field"] == field, response.json
    assert said in response.json["error"]["message"]


def test_the_same_key_is_answered_with_the_same_job(client: FlaskClient) -> None:
    key = {"Idempotency-Key": "bars"}

    first, again = (client.post(JOBS, json=BARS, headers=key).json["job_id"] for _ in range(2))
    other = client.post(JOBS, json={**BARS, "graph": "testsrc2=d=2"}, headers=key)

    assert first == again
    assert other.json["error"]["code"] == "IDEMPOTENCY_CONFLICT"


def test_a_dry_run_reads_no_input(client: FlaskClient) -> None:
    response = client.post(f"{JOBS}?dry_run=1", json=BARS)

    assert "-i" not in response.json["argv"]
    assert "-filter_complex" in response.json["argv"]


def test_a_waiting_one_can_be_canceled(client: FlaskClient) -> None:
    url = client.post(JOBS, json=BARS).headers["Location"]

    response = client.delete(url)

    assert (response.status_code, response.json["state"]) == (202, "canceled")
