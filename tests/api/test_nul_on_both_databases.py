"""A NUL in a path or a name: PostgreSQL cannot store it, SQLite can; both answer alike."""

import base64

import pytest
from flask.testing import FlaskClient

from tests.support.both_databases import database_url, template
from tests.support.multipart import file_part, form, job_part

__all__ = ["database_url", "template"]
API = "/api/v1"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/jobs/%00/status"),
        ("GET", "/jobs/%00/result"),
        ("DELETE", "/jobs/%00"),
        ("HEAD", "/uploads/%00"),
        ("DELETE", "/uploads/%00"),
        ("POST", "/workers/%00/drain"),
    ],
)
def test_an_id_with_a_nul_is_unknown(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(f"{API}{path}", method=method, headers={"Tus-Resumable": "1.0.0"})

    assert response.status_code == 404


def test_a_nul_is_left_out_of_the_name_of_an_upload(client: FlaskClient) -> None:
    name = base64.b64encode(b"a\0b.mp4").decode()
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "3",
        "Upload-Metadata": f"filename {name}",
    }

    upload = client.post(f"{API}/uploads", headers=headers)

    assert upload.status_code == 201


def test_a_nul_in_the_job_is_no_internal_error(client: FlaskClient) -> None:
    parts = form(job_part(metadata={"title": "a\0b"}), file_part())

    assert client.post(f"{API}/jobs", **parts).status_code in (202, 400)
    assert client.get(f"{API}/jobs?label=a%3Db%00").status_code == 400
