"""Who may use the API of workers, and when there is one."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.access import guard
from ffremote.db.token import TokenKind
from ffremote.files.storage import Storage
from ffremote.jobs import tokens
from tests.support.builders import queue_job
from tests.support.http_worker import API, BEAT, HttpWorker, add_token

SAMPLE = {"number": 0, "job_id": "0" * 32, "token": "1" * 32, "worker_id": "2" * 32}


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route of the API of workers that takes a token."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(API) and rule.rule != guard.JOIN:
            values = {name: SAMPLE[name] for name in rule.arguments}
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                yield method, adapter.build(rule.endpoint, values)


def test_without_a_token_of_a_worker_there_is_no_such_api(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    secret = add_token(session, "alice", kind=TokenKind.CLIENT)

    found = list(routes(app))
    statuses = {
        client.open(path, method=method, headers=headers).status_code
        for method, path in [*found, ("GET", API), ("GET", f"{API}/x")]
        for headers in ({}, {"Authorization": f"Bearer {secret}"})
    }

    assert len(found) == 19
    assert statuses == {404}


@pytest.mark.parametrize(
    ("kind", "status"), [("none", 401), ("client", 403), ("unknown", 401), ("revoked", 401)]
)
def test_only_a_valid_token_of_a_worker_is_accepted(
    app: Flask, client: FlaskClient, session: Session, kind: str, status: int
) -> None:
    add_token(session)
    secrets = {
        "client": add_token(session, "alice", kind=TokenKind.CLIENT),
        "unknown": "x",
        "revoked": add_token(session, "old"),
    }
    tokens.revoke(session, "old")
    headers = {} if kind == "none" else {"Authorization": f"Bearer {secrets[kind]}"}

    found = [
        client.open(path, method=how, headers=headers).status_code for how, path in routes(app)
    ]

    assert set(found) == {status}


def test_a_token_that_is_revoked_ends_its_workers_calls_at_once(
    busy: HttpWorker, session: Session
) -> None:
    before = busy.post("beat", BEAT).status_code
    tokens.revoke(session, "box")

    response = busy.post("beat", BEAT)

    assert (before, response.status_code) == (204, 401)
    assert "revoked" in response.get_json()["error"]["message"]


def test_workers_may_call_the_server_by_any_name(worker: HttpWorker) -> None:
    worker.headers["Host"] = "box.example"

    assert worker.register().status_code == 200


def test_another_tokens_worker_can_do_nothing_with_a_claim(
    busy: HttpWorker, client: FlaskClient, session: Session
) -> None:
    thief = HttpWorker(client, add_token(session, "thief"))
    thief.register()
    thief.claimed = busy.claimed

    assert thief.get("/inputs/0").status_code == 410
    assert thief.post("beat", BEAT).status_code == 410
    assert thief.patch(0, b"x").status_code == 410
    assert thief.send_log(b"x").status_code == 410
    assert thief.get().get_json() == {"state": "lost"}
    assert thief.claim(token=busy.claimed["token"]).status_code == 409
    assert busy.post("beat", BEAT).status_code == 204


def test_another_tokens_worker_cannot_be_taken_over(
    worker: HttpWorker, client: FlaskClient, session: Session, storage: Storage
) -> None:
    queue_job(session, storage)
    thief = HttpWorker(client, add_token(session, "thief"))
    thief.id = worker.id

    assert thief.register().status_code == 403
    assert thief.claim().status_code == 404
    beat = client.post(f"{API}/workers/{worker.id}/beat", json={}, headers=thief.headers)
    assert beat.status_code == 404
