"""Claims that wait: the server's loop keeps them, and no thread does."""

import contextlib
import json
import socket
import threading
import uuid
from collections.abc import Iterator

import pytest
import requests
from flask import Flask
from sqlalchemy.orm import Session

from ffremote.api.context import KEY
from ffremote.api.waitress_server.server import Server
from ffremote.api.worker_api.rounds import Rounds
from ffremote.config import Settings
from ffremote.files.storage import Storage
from ffremote.host.locks import ProcessLock
from ffremote.host.notify import Listener
from ffremote.jobs import store
from ffremote.states import JobState
from tests.support.builders import queue_job
from tests.support.http_worker import API, HttpWorker
from tests.support.raw_http import connect, head, read_until
from tests.support.waiting import wait_for

Address = tuple[str, int]
THREADS = 2


@pytest.fixture
def server(app: Flask, settings: Settings, storage: Storage) -> Iterator[Server]:
    """A server with two threads and a bell."""
    bound = settings.model_copy(update={"port": 0, "threads": THREADS})
    made = Server.bind(app, bound, app.extensions[KEY].access)
    lock = storage.server_lock(str(uuid.uuid4()))
    with ProcessLock(lock), Listener(storage.run, lock.stem) as listener:
        made.wake_by(listener)
        thread = threading.Thread(target=made.run)
        thread.start()
        yield made
        made.stop()
        thread.join(10)
    assert not thread.is_alive()


@contextlib.contextmanager
def waiting(server: Server, worker: HttpWorker, count: int) -> Iterator[list[socket.socket]]:
    """Hold connections open with a claim that waits for half a minute."""
    with contextlib.ExitStack() as stack:
        held = []
        for _ in range(count):
            body = json.dumps(worker.wish(wait_seconds=30)).encode()
            more = [f"{name}: {value}" for name, value in worker.headers.items()]
            client = stack.enter_context(connect(server.addresses[0]))
            client.sendall(head("POST", len(body), *more, path=f"{API}/claims") + body)
            held.append(client)
        wait_for(lambda: server.waiting == count)
        yield held


def healthz(server: Server) -> int:
    return requests.get("http://{}:{}/healthz".format(*server.addresses[0]), timeout=10).status_code


def test_waiting_claims_hold_no_thread_and_one_gets_the_job_that_comes(
    server: Server, worker: HttpWorker, session: Session, storage: Storage
) -> None:
    with waiting(server, worker, 10 * THREADS) as held:
        answered = healthz(server)

        job = queue_job(session, storage)

        wait_for(lambda: store.find(session, job.id).state is JobState.RUNNING)
        wait_for(lambda: server.waiting == len(held) - 1)
        token = str(store.find(session, job.id).claim_token).encode()
        responses = [b""] * len(held)

        def is_told() -> bool:
            """Return whether a connection has got the claim; keep what all have got."""
            for number, client in enumerate(held):
                responses[number] += _received(client)
            return token in b"".join(responses)

        wait_for(is_told)
    assert answered == 200
    assert [b"200 OK" in response for response in responses].count(True) == 1


def _received(client: socket.socket) -> bytes:
    """Return what has arrived on a connection by now."""
    client.setblocking(False)
    try:
        return client.recv(1 << 16)
    except BlockingIOError:
        return b""


def test_a_client_that_has_left_gets_no_job(
    server: Server, worker: HttpWorker, session: Session, storage: Storage
) -> None:
    with waiting(server, worker, 3):
        pass  # all connections are closed now

    job = queue_job(session, storage)

    wait_for(lambda: server.waiting == 0)
    assert store.find(session, job.id).state is JobState.QUEUED


@pytest.mark.slow
def test_a_wait_that_is_over_is_answered_with_nothing(server: Server, worker: HttpWorker) -> None:
    body = json.dumps(worker.wish(wait_seconds=0.1)).encode()
    more = [f"{name}: {value}" for name, value in worker.headers.items()]

    with connect(server.addresses[0]) as client:
        for _ in range(2):  # the connection goes on
            client.sendall(head("POST", len(body), *more, path=f"{API}/claims") + body)
            response = read_until(client, b"\r\n\r\n")
            assert response.startswith(b"HTTP/1.1 204 NO CONTENT")


def test_a_server_that_stops_ends_what_waits(server: Server, worker: HttpWorker) -> None:
    with waiting(server, worker, 2) as held:
        server.stop()

        assert [client.recv(10) for client in held] == [b"", b""]


def test_a_job_of_which_no_bell_rang_here_is_found(
    app: Flask, worker: HttpWorker, session: Session, storage: Storage
) -> None:
    rings: list[str] = []
    rounds = Rounds(app.extensions[KEY], lambda: rings.append("ring"))

    def look() -> int:
        with app.app_context():
            rounds.look()
        return len(rings)

    assert look() == 0
    queue_job(session, storage)
    assert (look(), look()) == (1, 1)  # once for each
    queue_job(session, storage)
    assert look() == 2
    worker.claim()
    assert look() == 2


def test_elsewhere_the_answer_comes_at_once(worker: HttpWorker) -> None:
    assert worker.claim(wait_seconds=30).status_code == 204
