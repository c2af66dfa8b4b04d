"""A job that copies its inputs before it joins them needs disk space for copies and result."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from ffremote.jobs import store
from tests.support.multipart import MEDIA, Part, form, job_part
from tests.support.tus_requests import create, patch

JOBS = "/api/v1/jobs"
BODY = MEDIA.ljust(50_000, b"x")
SIZE = 2 * len(BODY)
"""Of the two inputs together."""
COPY = {"video": {"codec": "copy"}, "audio": {"codec": "copy"}}


def send_form(client: FlaskClient, **job: Any) -> Any:
    files = [Part("file", BODY, name) for name in ("a.mp4", "b.mp4")]
    return client.post(JOBS, **form(job_part(inputs=[{}, {}], **job), *files))


def send_json(client: FlaskClient, **job: Any) -> Any:
    ids = []
    for _ in range(2):
        url = create(client, size=len(BODY)).headers["Location"]
        patch(client, url, 0, BODY)
        ids.append({"upload_id": url.rpartition("/")[2]})
    return client.post(JOBS, json={"output_filename": "a.mp4", "inputs": ids, **job})


@pytest.mark.parametrize("send", [send_form, send_json])
@pytest.mark.parametrize(
    ("job", "times"),
    [({"concat": "copy", **COPY}, 2), ({"concat": "auto"}, 2), ({"concat": "encode"}, 1)],
)
def test_copies_of_the_inputs_count_like_results(
    client: FlaskClient, session: Session, send: Any, job: dict[str, Any], times: int
) -> None:
    response = send(client, **job)

    assert response.status_code == 202, response.json
    assert store.find(session, response.json["job_id"]).output_estimate_bytes == times * SIZE


@pytest.mark.parametrize("send", [send_form, send_json])
@pytest.mark.parametrize(
    ("job", "status"), [({"concat": "copy", **COPY}, 507), ({"concat": "encode"}, 202)]
)
def test_a_job_whose_copies_do_not_fit_on_the_disk_is_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, send: Any, job: Any, status: int
) -> None:
    """There is space for the inputs and one and a half of their size."""

    def free(storage: Storage) -> int:
        files = (path for path in storage.root.rglob("*") if "uploads" in path.parts)
        return int(2.5 * SIZE) - sum(path.stat().st_size for path in files if path.is_file())

    monkeypatch.setattr(Storage, "free_bytes", free)

    response = send(client, **job)

    assert response.status_code == status, response.json
