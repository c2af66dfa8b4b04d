"""The server itself returns the jobs of lost workers over HTTP to the queue."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.files.storage import Storage
from ffremote.jobs import store
from ffremote.states import JobState
from tests.support.builders import queue_job
from tests.support.http_worker import API, BEAT, HttpWorker, add_token
from tests.support.waiting import wait_for


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An app whose claims are lost after a second of silence."""
    made = create_app(settings.model_copy(update={"lease_seconds": 1.0}))
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engine.dispose()


def sign(worker: HttpWorker) -> None:
    """Tell the server that a worker lives."""
    url = f"{API}/workers/{worker.id}/beat"
    assert worker.client.post(url, json={}, headers=worker.headers).status_code == 200


@pytest.mark.slow
def test_a_claim_that_is_silent_for_a_lease_is_lost(
    app: Flask, session: Session, storage: Storage
) -> None:
    worker = HttpWorker(app.test_client(), add_token(session))
    worker.register()
    job = queue_job(session, storage)
    worker.claim()
    before = worker.post("beat", BEAT).status_code
    other = HttpWorker(app.test_client(), add_token(session, "other"))
    other.register()

    def is_lost() -> bool:
        sign(other)
        return store.find(session, job.id).state is JobState.QUEUED

    wait_for(is_lost)

    lost = store.find(session, job.id)
    assert before == 204
    assert (lost.losses, lost.message) == (1, "Its worker was lost; the job is queued again.")
    assert worker.post("beat", BEAT).status_code == 410


def test_silence_does_not_count_while_the_server_itself_was_stopped(
    app: Flask, session: Session, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = HttpWorker(app.test_client(), add_token(session))
    now = [1000.0]
    for module in ("ffremote.api.worker_api.rescue.monotonic", "ffremote.clock.monotonic"):
        monkeypatch.setattr(module, lambda: now[0])
    worker.register()
    job = queue_job(session, storage)
    worker.claim()
    for seconds in (1.1, 60.0):
        now[0] += seconds
        sign(worker)

    assert store.find(session, job.id).state is JobState.RUNNING
    now[0] += 1.1
    sign(worker)
    assert store.find(session, job.id).state is JobState.QUEUED
