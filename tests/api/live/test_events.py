"""Server-sent events under the bundled server: what changes, told to all who watch."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from ffremote.api.live import desk, hub, news, progress
from ffremote.api.live.hub import EXTENSION
from ffremote.db import database
from ffremote.db.journal.job_event import JobEvent
from ffremote.files.storage import Storage
from ffremote.jobs import claims, store, workers
from ffremote.jobs.journal import changes
from ffremote.ledger.values import ProgressUpdate
from ffremote.states import JobState, Phase
from tests.support.builders import (
    WORKER,
    arriving_upload,
    claim_job,
    queue_for,
    queue_job,
    register_worker,
)
from tests.support.event_stream import EventStream
from tests.support.raw_http import connect, read_until
from tests.support.waiting import wait_for

Address = tuple[str, int]
EVENTS = "/api/v1/events"


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks that follow each other more closely than the product's."""
    monkeypatch.setattr(hub, "TURN_SECONDS", 0.05)
    monkeypatch.setattr(desk, "PROGRESS_SECONDS", 0.05)
    monkeypatch.setattr(desk, "WORKERS_SECONDS", 0.05)
    monkeypatch.setattr(hub, "TOKENS_SECONDS", 0.05)


@pytest.fixture
def address(app: Flask, serve: Callable[[Flask], Address]) -> Address:
    """Where the app is served."""
    return serve(app)


@pytest.fixture
def stream(address: Address) -> Iterator[EventStream]:
    """An open stream of all events, which was greeted."""
    with EventStream(address, EVENTS) as opened:
        opened.until("hello")
        yield opened


def test_a_watcher_is_greeted_and_told_how_things_are(
    address: Address, session: Session, storage: Storage
) -> None:
    register_worker(session, worker_id=WORKER)
    first, second = queue_job(session, storage), queue_job(session, storage)

    with EventStream(address, EVENTS) as stream:
        hello, totals, shown = (stream.until(name) for name in ("hello", "totals", "workers"))

    assert "200 OK" in stream.head and "Content-Type: text/event-stream" in stream.head
    assert "X-Accel-Buffering: no" in stream.head and "Cache-Control: no-store" in stream.head
    assert hello.data == {"resumed": False}
    assert hello.number == changes.newest_id(session)
    assert totals.data["states"]["queued"] == 2
    assert totals.data["queue"] == [first.id, second.id]
    assert [each["worker_id"] for each in shown.data["items"]] == [WORKER]


def test_each_change_of_a_job_is_told_as_the_list_shows_it(
    stream: EventStream, client: FlaskClient, session: Session, storage: Storage
) -> None:
    job = queue_job(session, storage, output_filename="<b>\u202e.mp4")

    told = stream.until("job")

    assert told.data == client.get("/api/v1/jobs").json["items"][0]
    store.request_cancel(session, job.id)
    assert stream.until("job").data["state"] == "canceled"
    with database.writing(session):
        session.execute(text("DELETE FROM jobs"))
    assert stream.until("removed").data == {"job_id": job.id}


def test_progress_is_told_once_for_each_report_and_adds_no_row(
    stream: EventStream, session: Session, storage: Storage
) -> None:
    register_worker(session, worker_id=WORKER)
    job = queue_job(session, storage)
    claim = claim_job(session)
    stream.until("job", lambda data: data["state"] == "running")
    before = changes.newest_id(session)

    claims.report(
        session, claim, ProgressUpdate(Phase.TRANSCODING, 40, {"fps": 25.5, "speed": 2.0})
    )
    told = stream.until("progress", lambda data: data["items"][0]["progress_percent"] == 40)

    [item] = told.data["items"]
    assert (item["job_id"], item["phase"], item["fps"]) == (job.id, "transcoding", 25.5)
    assert told.number is None
    assert changes.newest_id(session) == before


def test_of_many_jobs_the_newest_and_those_shown_are_told(
    address: Address, session: Session, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SHOWN", 1)
    register_worker(session, worker_id=WORKER, concurrency=3)
    jobs = [queue_job(session, storage) for _ in range(3)]
    taken = [claim_job(session) for _ in jobs]
    shown = jobs[0]

    with EventStream(address, f"{EVENTS}?jobs={shown.id}") as stream:
        stream.until("progress")
        for claim in taken:
            claims.report(session, claim, ProgressUpdate(Phase.TRANSCODING, 40, {}))
        seen: set[str] = set()
        while seen < {shown.id, jobs[-1].id}:
            told = stream.until("progress", lambda data: True)
            reported = (each for each in told.data["items"] if each["progress_percent"] == 40)
            seen |= {each["job_id"] for each in reported}

    assert seen == {shown.id, jobs[-1].id}


def test_the_bytes_of_an_upload_are_told_while_they_arrive(
    stream: EventStream, session: Session, storage: Storage
) -> None:
    upload = arriving_upload(session, storage, size=10)
    job = queue_for(session, storage, upload)

    storage.upload_partial(upload).write_bytes(b"12345")

    told = stream.until("progress", lambda data: data["items"][0]["upload"]["bytes_received"] == 5)
    assert told.data["items"][0]["job_id"] == job.id
    assert told.data["items"][0]["upload"]["percent"] == 50


def test_a_worker_that_drains_is_told(stream: EventStream, session: Session) -> None:
    register_worker(session, worker_id=WORKER)
    stream.until("workers", lambda data: data["items"] != [])

    workers.request_drain(session, WORKER)

    told = stream.until("workers", lambda data: data["items"][0]["drain_requested_at"] is not None)
    assert told.data["items"][0]["alive"] is True


@pytest.mark.parametrize("query", [False, True])
def test_a_watcher_who_comes_back_is_told_what_it_missed(
    address: Address, session: Session, storage: Storage, query: bool
) -> None:
    old = queue_job(session, storage)
    position = changes.newest_id(session)
    new = queue_job(session, storage)
    path = f"{EVENTS}?after={position}" if query else EVENTS
    headers = [] if query else [f"Last-Event-ID: {position}"]

    with EventStream(address, path, *headers) as stream:
        stream.until("totals")

    names = [event.name for event in stream.seen]
    assert names == ["hello", "job", "totals"]
    assert stream.seen[0].data == {"resumed": True}
    assert stream.seen[1].data["job_id"] == new.id != old.id


def test_a_watcher_who_was_away_too_long_reads_its_lists_again(address: Address) -> None:
    with EventStream(address, EVENTS, "Last-Event-ID: 4711") as stream:
        assert stream.until("hello").data == {"resumed": False}
        assert "no longer known" in stream.until("resync").data["reason"]


def test_too_many_changes_at_once_are_told_as_one(
    stream: EventStream, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "TOO_MANY", 1)
    with database.writing(session):  # one commit, so that one look sees both
        for job_id in ("no-job-1", "no-job-2"):
            session.add(JobEvent(job_id=job_id, state_after=JobState.QUEUED))

    assert "Too many" in stream.until("resync").data["reason"]


def test_one_job_is_told_with_its_status(
    address: Address, client: FlaskClient, session: Session, storage: Storage
) -> None:
    register_worker(session, worker_id=WORKER)
    first, job = queue_job(session, storage), queue_job(session, storage)

    with EventStream(address, f"/api/v1/jobs/{job.id}/events") as stream:
        told = stream.until("status")
        assert told.data == client.get(f"/api/v1/jobs/{job.id}/status").json
        assert told.data["queue_position"] == 2
        store.request_cancel(session, first.id)
        assert stream.until("status").data["queue_position"] == 1
        claim = claim_job(session)
        stream.until("status", lambda data: data["state"] == "running")
        claims.report(session, claim, ProgressUpdate(Phase.TRANSCODING, 40, None))
        stream.until("status", lambda data: data["progress_percent"] == 40)
        with database.writing(session):
            session.execute(text("DELETE FROM jobs"))
        assert stream.until("removed").data == {"job_id": job.id}


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/api/v1/events?jobs=x", 400, "jobs"),
        (
            "/api/v1/events?jobs=" + ",".join(["x" * 36] * 1 + [str(n) for n in range(501)]),
            400,
            "jobs",
        ),
        ("/api/v1/events?after=-1", 400, "after"),
        ("/api/v1/events?after=" + "9" * 400, 400, "after"),
        ("/api/v1/jobs/x/events", 404, None),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(
    client: FlaskClient, path: str, status: int, field: str | None
) -> None:
    response = client.get(path)

    assert response.status_code == status
    assert response.json["error"]["details"].get("field") == field


def test_a_server_that_cannot_hold_a_stream_says_what_to_do(client: FlaskClient) -> None:
    response = client.get(EVENTS)

    assert response.status_code == 501
    assert "poll GET /api/v1/jobs" in response.json["error"]["message"]


def test_more_streams_than_the_bound_are_refused_until_one_ends(
    address: Address, stream: EventStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "MOST", 1)
    with connect(address) as refused:
        refused.sendall(f"GET {EVENTS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        response = read_until(refused, b"}}")
    stream.socket.close()

    assert response.startswith(b"HTTP/1.1 503") and b"Retry-After" in response
    assert b"1 open event streams" in response
    wait_for(lambda: accepts(address))


def accepts(address: Address) -> bool:
    with EventStream(address, EVENTS) as stream:
        return "200 OK" in stream.head


def test_the_thread_ends_with_the_last_watcher(
    app: Flask, stream: EventStream, address: Address
) -> None:
    stream.socket.close()

    wait_for(lambda: len(app.extensions[EXTENSION]) == 0)
    with EventStream(address, EVENTS) as again:
        assert again.until("hello")


def test_streams_leave_no_connection_behind(app: Flask, address: Address) -> None:
    for _ in range(3):
        with EventStream(address, EVENTS) as stream:
            stream.until("totals")

    wait_for(lambda: len(app.extensions[EXTENSION]) == 0)
    wait_for(lambda: connections(address) == [])


def connections(address: Address) -> list[str]:
    """Return the states of the server's connections that its side has not closed."""
    port = f":{address[1]:04X}"
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    established, close_wait = "01", "08"
    return [row[3] for row in rows if row[1].endswith(port) and row[3] in (established, close_wait)]


def test_http_1_1_has_chunks_and_one_connection_for_the_stream(address: Address) -> None:
    with connect(address) as client:
        client.sendall(f"GET {EVENTS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

        response = read_until(client, b"event: totals")

    head, _, body = response.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    size, _, chunk = body.partition(b"\r\n")
    assert chunk.startswith(b"retry: 2000\nid: ") and int(size, 16) > 0


def test_a_head_request_is_answered_without_a_stream(address: Address) -> None:
    with connect(address) as client:
        client.sendall(f"HEAD {EVENTS} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())

        response = b"".join(iter(lambda: client.recv(1 << 16), b""))

    assert b"200 OK" in response and response.endswith(b"\r\n\r\n")


@pytest.mark.slow
def test_a_client_that_does_not_read_is_cut_off(address: Address, app: Flask) -> None:
    with connect(address) as client:
        client.sendall(f"GET {EVENTS} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        read_until(client, b"event: hello")
        wait_for(lambda: len(app.extensions[EXTENSION]._subscribers) == 1)
        outlet = app.extensions[EXTENSION]._subscribers[0].outlet

        line = b": " + bytes(b"x" * (64 << 10)) + b"\n\n"
        while outlet.send(line):
            pass

        wait_for(lambda: len(app.extensions[EXTENSION]) == 0)


def test_a_token_that_is_revoked_ends_its_streams(app: Flask, address: Address) -> None:
    runner = app.test_cli_runner()
    secret = runner.invoke(args=["token", "add", "ann"]).stdout.split()[-1]
    with EventStream(address, EVENTS, f"Authorization: Bearer {secret}") as stream:
        stream.until("hello")
        runner.invoke(args=["token", "revoke", "ann"])

        assert "no longer accepted" in stream.until("end").data["reason"]
        assert list(stream) == []
    with EventStream(address, EVENTS, f"Authorization: Bearer {secret}") as again:
        assert "401" in again.head


def test_events_are_json_on_one_line(
    stream: EventStream, session: Session, storage: Storage
) -> None:
    queue_job(session, storage, output_filename="a\u2028event: end.mp4")

    told = stream.until("job").data

    assert told["output_filename"] == "a\u2028event: end.mp4"
    assert "\n" not in json.dumps(told)
