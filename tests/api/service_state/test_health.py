"""`GET /service`: what is wrong with the service, in words, and its numbers."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy.orm import Session

from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.depot.protocol import DepotAway
from ffremote.files.storage import Storage
from ffremote.jobs import workers
from tests.support.builders import WORKER, queue_job, register_worker

SERVICE = "/api/v1/service"


def texts(client: FlaskClient) -> list[tuple[str, str]]:
    """Return level and first words of each message."""
    return [(each["level"], each["text"][:30]) for each in client.get(SERVICE).json["messages"]]


def test_a_service_that_works_has_nothing_to_say(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    register_worker(session, worker_id=WORKER, concurrency=3)
    queue_job(session, storage)

    state = client.get(SERVICE).json

    assert (state["ready"], state["messages"]) == (True, [])
    assert (state["totals"]["queued"], state["workers_alive"], state["slots"]) == (1, 1, 3)
    assert state["free_bytes"] > 0 and state["oldest_queued_seconds"] > 0
    assert state["limits"]["max_queued"] == 10_000


def test_jobs_that_wait_for_a_worker_are_an_error_with_the_command(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    queue_job(session, storage)
    without = client.get(SERVICE).json
    register_worker(session, worker_id=WORKER)
    workers.request_drain(session, WORKER)

    assert without["ready"] is False
    assert without["messages"] == [
        {
            "level": "error",
            "text": "No worker is alive: 1 job waits. Start one with ffremote-worker.",
        }
    ]
    assert texts(client) == [("error", "Every worker is draining: 1 jo")]


@pytest.mark.parametrize(
    ("jobs", "what"), [(0, "jobs will wait"), (1, "1 job waits"), (2, "2 jobs wait")]
)
def test_the_words_fit_how_many_jobs_wait(
    client: FlaskClient, session: Session, storage: Storage, jobs: int, what: str
) -> None:
    for _ in range(jobs):
        queue_job(session, storage)
    without = client.get(SERVICE).json["messages"]
    register_worker(session, worker_id=WORKER)
    workers.request_drain(session, WORKER)
    draining = client.get(SERVICE).json["messages"]

    assert [each["text"] for each in (*without, *draining)] == [
        f"No worker is alive: {what}. Start one with ffremote-worker.",
        f"Every worker is draining: {what} until one takes jobs again (undrain it).",
    ]


@pytest.mark.parametrize(
    ("limits", "level", "begin"),
    [
        ({"min_free_bytes": 1 << 60}, "error", "The server's disk has "),
        ({"max_queued": 1}, "warning", "The queue is full with 1 job ("),
        ({"max_stored_bytes": 5}, "error", "100 % of FFREMOTE_MAX_STORED_"),
    ],
)
def test_a_limit_that_is_reached_is_named(
    settings: Settings,
    session: Session,
    storage: Storage,
    limits: dict[str, Any],
    level: str,
    begin: str,
) -> None:
    register_worker(session, worker_id=WORKER)
    queue_job(session, storage)
    app = create_app(settings.model_copy(update=limits))

    found = texts(app.test_client())

    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    assert [(found_level, text[: len(begin)]) for found_level, text in found] == [(level, begin)]


def test_a_storage_that_fails_is_named(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_worker(session, worker_id=WORKER)

    def fail(_storage: Storage) -> None:
        raise DepotAway("The object store does not answer.")

    monkeypatch.setattr(Storage, "check", fail)

    assert texts(client) == [("error", "The object store does not answ")]


def test_the_state_has_the_described_keys(client: FlaskClient) -> None:
    schemas = client.get("/api/v1/openapi.json").json["components"]["schemas"]

    Draft202012Validator(schemas["Service"]).validate(client.get(SERVICE).json)
