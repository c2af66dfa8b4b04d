"""A canceled job stops its upload unless another job waits for it; bytes and room go at once."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.files.storage import Storage
from ffremote.jobs import store
from tests.support.multipart import MEDIA
from tests.support.raw_http import connect, head, read_all
from tests.support.raw_http import error_of as refusal_of
from tests.support.tus_requests import PIECE, begin, create, error_of, offset_of, patch
from tests.support.waiting import wait_for

Serve = Callable[..., tuple[str, int]]
JOBS = "/api/v1/jobs"
LARGE = MEDIA.ljust(5 << 20, b"\0")
GONE = (404, "UPLOAD_NOT_FOUND")


def begin_job(client: FlaskClient, size: int = len(MEDIA)) -> tuple[str, str]:
    """Announce a film with its job; return the upload's place and the job's id."""
    answer = create(client, size=size, job=json.dumps({"output_filename": "a.mp4"}))
    return answer.headers["Location"], answer.json["job_id"]


def test_the_upload_of_a_canceled_job_is_gone_with_its_bytes_and_its_room(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    url, job_id = begin_job(client)
    patch(client, url, 0, MEDIA[:700])
    assert store.promised_bytes(session) > 0

    assert client.delete(f"{JOBS}/{job_id}").status_code == 202

    assert (list(storage.upload_ids()), store.promised_bytes(session)) == ([], 0)
    assert client.head(url).status_code == 404
    for answer in (patch(client, url, 700, MEDIA[700:]), client.get(url), client.delete(url)):
        assert error_of(answer)[:2] == GONE
    assert client.delete(f"{JOBS}/{job_id}").status_code == 202  # again
    assert client.get(f"{JOBS}/{job_id}/status").json["state"] == "canceled"


def test_an_upload_that_another_job_waits_for_goes_on(client: FlaskClient) -> None:
    url, first = begin_job(client)
    spec = {"output_filename": "b.mp4", "input": {"upload_id": url.rpartition("/")[2]}}
    second = client.post(JOBS, json=spec).json["job_id"]

    client.delete(f"{JOBS}/{first}")

    assert patch(client, url, 0, MEDIA).status_code == 204
    assert client.get(f"{JOBS}/{second}/status").json["phase"] == "queued"


def test_the_last_of_two_jobs_takes_the_upload_with_it(client: FlaskClient) -> None:
    url, first = begin_job(client)
    spec = {"output_filename": "b.mp4", "input": {"upload_id": url.rpartition("/")[2]}}
    second = client.post(JOBS, json=spec).json["job_id"]

    client.delete(f"{JOBS}/{second}")
    assert client.head(url).status_code == 200
    client.delete(f"{JOBS}/{first}")

    assert client.head(url).status_code == 404


def test_a_whole_upload_stays_though_its_job_is_canceled(client: FlaskClient) -> None:
    url, job_id = begin_job(client)
    patch(client, url, 0, MEDIA)

    client.delete(f"{JOBS}/{job_id}")

    assert client.get(url).json["state"] == "complete"


@pytest.mark.parametrize("by", ["job", "upload"])
def test_a_request_that_writes_is_ended_at_once(
    serve: Serve, app: Flask, client: FlaskClient, storage: Storage, by: str
) -> None:
    url, job_id = begin_job(client, len(LARGE))
    kind = f"Content-Type: {PIECE['Content-Type']}"

    with connect(serve(app)) as line:
        line.sendall(head("PATCH", len(LARGE), kind, "Upload-Offset: 0", path=url))
        line.sendall(LARGE[: 1 << 20])
        wait_for(lambda: offset_of(client, url) == 1 << 20)
        client.delete(f"{JOBS}/{job_id}" if by == "job" else url)
        status, error = refusal_of(read_all(line))  # it has not sent the rest

    assert (status, error["code"]) == ("HTTP/1.1 404 NOT FOUND", "UPLOAD_NOT_FOUND")
    assert list(storage.upload_ids()) == []


def test_a_request_of_another_process_ends_with_its_next_bytes(
    serve: Serve, app: Flask, settings: Settings, client: FlaskClient
) -> None:
    url, job_id = begin_job(client, len(LARGE))
    other = create_app(settings).test_client()  # knows nothing of requests to the first
    kind = f"Content-Type: {PIECE['Content-Type']}"

    with connect(serve(app)) as line:
        line.sendall(head("PATCH", len(LARGE), kind, "Upload-Offset: 0", path=url))
        line.sendall(LARGE[: 1 << 20])
        wait_for(lambda: offset_of(client, url) == 1 << 20)
        other.delete(f"{JOBS}/{job_id}")
        line.sendall(LARGE[1 << 20 : 2 << 20])
        status, error = refusal_of(read_all(line))

    assert (status, error["code"]) == ("HTTP/1.1 404 NOT FOUND", "UPLOAD_NOT_FOUND")


def test_a_new_upload_of_the_same_film_is_another_one(client: FlaskClient) -> None:
    url, job_id = begin_job(client)
    client.delete(f"{JOBS}/{job_id}")

    again = begin(client)

    assert again != url
    assert patch(client, again, 0, MEDIA).status_code == 204
