"""Probes of parts of a file, over HTTP, before a worker has them."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.db.models import Job
from ffremote.files.storage import Storage
from ffremote.ledger import needs
from tests.support.builders import register_worker
from tests.support.multipart import Part, file_part, form

UNIT = 65536


@pytest.fixture
def register(session: Session, settings: Settings, storage: Storage) -> Callable[[bool], None]:
    """Stores a live worker that can probe parts of a file, or not."""
    listed = ffmpeg.read_capabilities(ffmpeg.locate(settings), storage.cache)

    def add(excerpts: bool) -> None:
        document = json.loads(json.dumps(replace(listed, excerpts=excerpts).to_json()))
        register_worker(session, capabilities=document)

    return add


def submit(client: FlaskClient, *, length: int = UNIT, sent: int = UNIT) -> Any:
    section = {"excerpt": {"size": 10**9, "parts": [[0, length]]}}
    job = Part("job", json.dumps({"probe": True, "input": section}).encode())
    return client.post("/api/v1/jobs", **form(job, file_part(b"OggS" + bytes(sent - 4))))


def test_only_a_worker_that_sees_what_was_read_claims_it(
    client: FlaskClient, session: Session, register: Callable[[bool], None]
) -> None:
    register(False)
    register(True)

    response = submit(client)

    assert response.status_code == 202, response.json
    job = session.scalars(select(Job)).one()
    assert {needs.EXCERPT, needs.PROBE} <= set(job.needs.split())
    assert not needs.ALL.issuperset(job.needs.split())
    assert client.get("/api/v1/capabilities").json["excerpts"] is True


def test_without_such_a_worker_it_is_refused(
    client: FlaskClient, register: Callable[[bool], None]
) -> None:
    register(False)

    response = submit(client)

    assert response.status_code == 400
    assert response.json["error"]["details"]["field"] == "input.excerpt"
    assert client.get("/api/v1/capabilities").json["excerpts"] is False


def test_an_upload_has_as_many_bytes_as_its_parts(
    client: FlaskClient, storage: Storage, register: Callable[[bool], None]
) -> None:
    register(True)

    response = submit(client, length=2 * UNIT)

    assert response.status_code == 400
    assert response.json["error"]["details"]["field"] == "input.excerpt.parts"
    assert list(storage.upload_ids()) == []
