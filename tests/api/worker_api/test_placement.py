"""Which worker a job is offered to, by labels, room and where its files are."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from ffremote.api.context import KEY
from ffremote.api.placement import crew
from ffremote.api.worker_api.rounds import Rounds
from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db.database import writing
from ffremote.db.models import Job
from ffremote.files.storage import Storage
from ffremote.host.locks import ProcessLock
from ffremote.host.place import place_of
from ffremote.jobs import store, workers
from ffremote.ledger import needs
from ffremote.version import __version__
from tests.support.both_databases import database_url, template
from tests.support.builders import queue_job, register_worker
from tests.support.http_worker import CAPABILITIES, HttpWorker, add_token
from tests.support.multipart import file_part, form, job_part

__all__ = ["database_url", "template"]

GPU = frozenset({needs.label("gpu")})
GIB = 1 << 30


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the workers each time."""
    monkeypatch.setattr(crew, "SEEN_SECONDS", -1.0)


@contextlib.contextmanager
def local(session: Session, storage: Storage, **columns: Any) -> Iterator[str]:
    """A live worker on the server's disk with one slot."""
    row = {"boot_id": place_of(storage.run), "version": __version__, "capabilities": CAPABILITIES}
    worker_id = register_worker(session, **row | columns)
    with ProcessLock(storage.lock(worker_id)):
        yield worker_id


def age(session: Session, job: Job, seconds: float) -> None:
    """Let a job have been claimable for so long."""
    with writing(session):
        moment = utc_now() - timedelta(seconds=seconds)
        session.execute(update(Job).where(Job.id == job.id).values(input_ready_at=moment))


def able(*labels: str) -> list[str]:
    return sorted(needs.able([], excerpts=False, labels=labels))


def message(client: FlaskClient, job: Job) -> str | None:
    found: str | None = client.get(f"/api/v1/jobs/{job.id}/status").get_json()["message"]
    return found


def test_a_job_that_requires_a_label_waits_for_a_worker_that_has_it(
    worker: HttpWorker, client: FlaskClient, session: Session, storage: Storage
) -> None:
    job = queue_job(session, storage, needs=GPU)

    refused = worker.claim(able=able("fast"))
    why = message(client, job)
    worker.register(labels=["gpu", "fast"])
    claimed = worker.claim(able=able("fast", "gpu"))

    assert (refused.status_code, claimed.status_code) == (204, 200)
    assert why == "Waits for a worker with the label gpu: none is alive."
    assert message(client, job) is None
    (shown,) = client.get("/api/v1/workers").get_json()["items"]
    assert (shown["labels"], shown["kind"], shown["running"]) == (["gpu", "fast"], "http", 1)


def test_a_label_that_no_worker_ever_had_is_warned_of(
    client: FlaskClient, session: Session
) -> None:
    register_worker(session, labels=["fast"], heartbeat_at=utc_now() - timedelta(days=2))
    required = {"require": ["gpu", "fast", "gpu"]}
    warning = "No worker has the label gpu so far; the job waits until one with it is started."
    job = {"output_filename": "a.mkv", "video": {"codec": "copy"}, "audio": {"codec": "copy"}}

    sent = client.post("/api/v1/jobs", **form(job_part(**job, worker=required), file_part()))
    dry = client.post("/api/v1/jobs?dry_run=1", json=job | {"worker": required})

    assert sent.status_code == 202, sent.get_json()
    assert sent.get_json()["warnings"] == [warning]
    assert warning in dry.get_json()["warnings"]


@pytest.mark.parametrize("label", ["", "GPU", "a b", "-x", "x" * 33, "é", "a:b", 1, None])
def test_what_is_no_label_is_refused(worker: HttpWorker, client: FlaskClient, label: Any) -> None:
    job = {"output_filename": "a.mkv", "worker": {"require": [label]}}

    refused = client.post("/api/v1/jobs?dry_run=1", json=job)
    registered = worker.register(labels=[label])

    error = refused.get_json()["error"]
    assert (refused.status_code, error["details"]["field"]) == (400, "worker.require[0]"), error
    assert registered.status_code == 400


def test_a_job_is_not_given_to_a_worker_whose_disk_has_no_room_for_it(
    worker: HttpWorker, client: FlaskClient, session: Session, storage: Storage
) -> None:
    job = queue_job(session, storage, needs=needs.room(5 * GIB - 1))
    url = f"/worker/v1/workers/{worker.id}/beat"
    beat = client.post(url, json={"free_bytes": 5 * GIB - 1}, headers=worker.headers)

    refused = worker.claim(free_bytes=5 * GIB - 1)
    why = message(client, job)
    claimed = worker.claim(free_bytes=5 * GIB)

    assert (beat.status_code, refused.status_code, claimed.status_code) == (200, 204, 200)
    assert why == "Waits for a worker with 5 GiB of free space: none is alive."


def test_the_size_of_a_job_counts_once_there_are_workers_over_http(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "ROOM_FROM_BYTES", 10)
    job = {"output_filename": "a.mkv", "video": {"codec": "copy"}, "audio": {"codec": "copy"}}

    def needs_of_new() -> str:
        sent = client.post("/api/v1/jobs", **form(job_part(**job), file_part()))
        return store.find(session, sent.get_json()["job_id"]).needs

    alone = needs_of_new()
    add_token(session)

    assert (alone, needs_of_new()) == ("", "room:1")


def test_a_worker_on_the_servers_disk_is_offered_a_new_job_first(
    app: Flask, worker: HttpWorker, session: Session, storage: Storage
) -> None:
    rings: list[str] = []
    rounds = Rounds(app.extensions[KEY], lambda: rings.append("ring"))
    with local(session, storage), app.app_context():
        job = queue_job(session, storage)

        rounds.look()
        at_once = worker.claim()
        age(session, job, Settings().local_first_seconds)
        rounds.look()
        later = worker.claim()

    assert (at_once.status_code, later.status_code) == (204, 200)
    assert rings == ["ring"]  # once, when the moment was over


@pytest.mark.parametrize("why", ["busy", "drained", "unable", "dead", "off"])
def test_one_there_that_cannot_run_it_holds_up_nothing(
    why: str, app: Flask, worker: HttpWorker, session: Session, storage: Storage
) -> None:
    with contextlib.ExitStack() as stack:
        here = stack.enter_context(local(session, storage))
        if why == "busy":
            running = queue_job(session, storage)
            with writing(session):
                session.execute(
                    update(Job)
                    .where(Job.id == running.id)
                    .values(state="running", claim_token="1" * 32, worker_id=here)
                )
        elif why == "drained":
            workers.request_drain(session, here)
        elif why == "dead":
            stack.close()
        elif why == "off":
            context = app.extensions[KEY]
            off = context.settings.model_copy(update={"local_first_seconds": 0})
            app.extensions[KEY] = replace(context, settings=off)
        job = queue_job(session, storage, needs=GPU if why == "unable" else frozenset())

        claimed = worker.claim(able=able("gpu"))

    assert (claimed.status_code, worker.claimed.get("job_id")) == (200, job.id)


def test_a_job_of_which_the_parts_have_no_one_worker_says_so(
    client: FlaskClient, worker: HttpWorker, session: Session, storage: Storage
) -> None:
    worker.register(labels=["gpu"])
    register_worker(session, version=__version__, capabilities=CAPABILITIES, labels=["fast"])
    both = frozenset(map(needs.label, ("gpu", "fast")))

    job = queue_job(session, storage, needs=both)

    assert message(client, job) == (
        "Waits for one worker with the labels fast and gpu: no live one has all."
    )
    assert worker.claim().status_code == 204
