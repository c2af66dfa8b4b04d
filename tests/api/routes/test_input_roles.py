"""Roles of inputs over HTTP: the first bytes and the size are checked before a job is queued."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from ffremote.files.storage import Storage
from ffremote.spec import roles
from tests.support import side_files
from tests.support.multipart import MEDIA, Part, form, job_part
from tests.support.tus_requests import TUS, UPLOADS, create, error_of, metadata, patch

JOBS = "/api/v1/jobs"
LUT = {"inputs": [{}, {"role": "lut"}], "video": {"filters": ["lut3d=input=1"]}}
REFUSED = (415, "UNSUPPORTED_MEDIA_TYPE")


def post(client: FlaskClient, body: bytes, **job: Any) -> Any:
    parts = [job_part(**job), Part("file", MEDIA, "a.mp4"), Part("file", body, "b")]
    return client.post(JOBS, **form(*parts))


def upload(client: FlaskClient, body: bytes, **values: str) -> str:
    url = create(client, size=len(body), **values).headers["Location"]
    assert patch(client, url, 0, body).status_code == 204
    return str(url.rpartition("/")[2])


def from_uploads(client: FlaskClient, role: str, *upload_ids: str) -> Any:
    inputs = [{"upload_id": upload_ids[0]}, {"upload_id": upload_ids[1], "role": role}]
    return client.post(JOBS, json={"output_filename": "a.mp4", "inputs": inputs})


def test_a_lut_of_a_form_is_accepted_in_its_role(client: FlaskClient) -> None:
    assert post(client, side_files.cube(), **LUT).status_code == 202


@pytest.mark.parametrize(
    ("role", "body"),
    [
        ("lut", b"#EXTM3U\n/etc/passwd\n"),
        ("lut", MEDIA),
        ("font", side_files.cube()),
        ("font", MEDIA),
        ("subtitle", MEDIA),
        ("subtitle", side_files.cube()),
        ("media", side_files.cube()),
        ("lut", b""),
        ("metadata", b"ffconcat version 1.0\nfile x\n"),
        ("media", b";FFMETADATA1\ntitle=A\n"),
    ],
)
def test_bytes_that_the_role_cannot_have_are_refused_and_removed(
    client: FlaskClient, storage: Storage, role: str, body: bytes
) -> None:
    response = post(client, body, inputs=[{}, {"role": role}])

    assert error_of(response) == (*REFUSED, "file")
    assert [*storage.upload_ids(), *storage.job_ids()] == []


def test_a_side_file_that_is_too_large_is_refused(
    client: FlaskClient, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(roles.MAX_BYTES, "lut", 20)

    response = post(client, side_files.cube(), **LUT)

    assert error_of(response) == (413, "FILE_TOO_LARGE", None)
    assert [*storage.upload_ids(), *storage.job_ids()] == []


def test_an_upload_says_its_role_in_its_metadata(client: FlaskClient) -> None:
    film, lut = upload(client, MEDIA), upload(client, side_files.cube(), role="lut")

    response = from_uploads(client, "lut", film, lut)

    assert response.status_code == 202
    assert response.json["warnings"] == [
        "Input 1, a LUT, is not used: no filter names it, as in `lut3d=input=1`."
    ]


def test_a_text_without_a_role_is_refused_as_before(client: FlaskClient, storage: Storage) -> None:
    lut = side_files.cube()
    url = create(client, size=len(lut)).headers["Location"]

    response = patch(client, url, 0, lut)

    assert error_of(response) == (*REFUSED, "file")
    assert list(storage.upload_ids()) == []


@pytest.mark.parametrize(("role", "used_as"), [("lut", "media"), ("lut", "font"), ("", "font")])
def test_a_stored_upload_is_refused_in_another_role(
    client: FlaskClient, role: str, used_as: str
) -> None:
    body = side_files.cube() if role else MEDIA
    film, other = upload(client, MEDIA), upload(client, body, **({"role": role} if role else {}))

    response = from_uploads(client, used_as, film, other)

    assert error_of(response) == (*REFUSED, "inputs[1].role")


@pytest.mark.parametrize("role", ["picture", "LUT", "lut,font", "/etc/passwd"])
def test_an_unknown_role_in_metadata_is_refused(
    client: FlaskClient, storage: Storage, role: str
) -> None:
    headers = {**TUS, "Upload-Length": "9", "Upload-Metadata": metadata(role=role)}

    response = client.post(UPLOADS, headers=headers)

    assert error_of(response) == (400, "INVALID_ARGUMENT", "Upload-Metadata")
    assert list(storage.upload_ids()) == []


def test_a_job_for_a_wrong_role_is_refused_before_its_files(client: FlaskClient) -> None:
    job = {"output_filename": "a.mp4", "inputs": [{}, {"role": "lut"}, {}]}
    parts = [Part("job", json.dumps(job).encode(), None)]

    response = client.post(JOBS, **form(*parts))

    assert error_of(response) == (400, "INVALID_ARGUMENT", "inputs[1].role")
