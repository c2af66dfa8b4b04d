"""Canceling a job removes its upload at once unless another job needs it."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.files.storage import Storage
from ffremote.jobs.kept import usage
from tests.support.multipart import MEDIA
from tests.support.raw_http import connect, head, read_all
from tests.support.raw_http import error_of as raw_error_of
from tests.support.tus_requests import PIECE, begin, create, error_of, offset_of, patch
from tests.support.waiting import wait_for

Serve = Callable[..., tuple[str, int]]
JOBS = "/api/v1/jobs"
LARGE = MEDIA.ljust(5 << 20, b"\0")
GONE = (404, "UPLOAD_NOT_FOUND")


def begin_job(client: FlaskClient, size: int = len(MEDIA)) -> tuple[str, str]:
    """Create an upload with its job; return the upload's URL and the job's id."""
    response = create(client, size=size, job=json.dumps({"output_filename": "a.mp4"}))
    return response.headers["Location"], response.json["job_id"]


def test_canceling_removes_the_upload_and_its_space_reservation(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    url, job_id = begin_job(client)
    patch(client, url, 0, MEDIA[:700])
    assert usage.promised_bytes(session).total > 0

    assert client.delete(f"{JOBS}/{job_id}").status_code == 202

    assert (list(storage.upload_ids()), usage.promised_bytes(session).total) == ([], 0)
    assert client.head(url).status_code == 404
    for response in (patch(client, url, 700, MEDIA[700:]), client.get(url), client.delete(url)):
        assert error_of(response)[:2] == GONE
    assert client.delete(f"{JOBS}/{job_id}").status_code == 202  # again
    assert client.get(f"{JOBS}/{job_id}/status").json["state"] == "canceled"


def test_an_upload_that_another_job_needs_continues(client: FlaskClient) -> None:
    url, first = begin_job(client)
    spec = {"output_filename": "b.mp4", "input": {"upload_id": url.rpartition("/")[2]}}
    second = client.post(JOBS, json=spec).json["job_id"]

    client.delete(f"{JOBS}/{first}")

    assert patch(client, url, 0, MEDIA).status_code == 204
    assert client.get(f"{JOBS}/{second}/status").json["phase"] == "queued"


def test_canceling_the_last_of_two_jobs_removes_the_upload(client: FlaskClient) -> None:
    url, first = begin_job(client)
    spec = {"output_filename": "b.mp4", "input": {"upload_id": url.rpartition("/")[2]}}
    second = client.post(JOBS, json=spec).json["job_id"]

    client.delete(f"{JOBS}/{second}")
    assert client.head(url).status_code == 200
    client.delete(f"{JOBS}/{first}")

    assert client.head(url).status_code == 404


def test_a_complete_upload_stays_when_its_job_is_canceled(client: FlaskClient) -> None:
    url, job_id = begin_job(client)
    patch(client, url, 0, MEDIA)

    client.delete(f"{JOBS}/{job_id}")

    assert client.get(url).json["state"] == "complete"


@pytest.mark.parametrize("by", ["job", "upload"])
def test_a_writing_request_is_ended_at_once(
    serve: Serve, app: Flask, client: FlaskClient, storage: Storage, by: str
) -> None:
    url, job_id = begin_job(client, len(LARGE))
    kind = f"Content-Type: {PIECE['Content-Type']}"

    with connect(serve(app)) as line:
        line.sendall(head("PATCH", len(LARGE), kind, "Upload-Offset: 0", path=url))
        line.sendall(LARGE[: 1 << 20])
        wait_for(lambda: offset_of(client, url) == 1 << 20)
        client.delete(f"{JOBS}/{job_id}" if by == "job" else url)
        status, error = raw_error_of(read_all(line))  # before the rest was sent

    assert (status, error["code"]) == ("HTTP/1.1 404 NOT FOUND", "UPLOAD_NOT_FOUND")
    assert list(storage.upload_ids()) == []


def test_a_request_in_another_process_ends_with_its_next_bytes(
    serve: Serve, app: Flask, settings: Settings, client: FlaskClient
) -> None:
    url, job_id = begin_job(client, len(LARGE))
    other = create_app(settings).test_client()  # has no state of requests to the first app
    kind = f"Content-Type: {PIECE['Content-Type']}"

    with connect(serve(app)) as line:
        line.sendall(head("PATCH", len(LARGE), kind, "Upload-Offset: 0", path=url))
        line.sendall(LARGE[: 1 << 20])
        wait_for(lambda: offset_of(client, url) == 1 << 20)
        other.delete(f"{JOBS}/{job_id}")
        line.sendall(LARGE[1 << 20 : 2 << 20])
        status, error = raw_error_of(read_all(line))

    assert (status, error["code"]) == ("HTTP/1.1 404 NOT FOUND", "UPLOAD_NOT_FOUND")


def test_a_new_upload_of_the_same_file_has_another_id(client: FlaskClient) -> None:
    url, job_id = begin_job(client)
    client.delete(f"{JOBS}/{job_id}")

    again = begin(client)

    assert again != url
    assert patch(client, again, 0, MEDIA).status_code == 204
