"""Tokens that are added and revoked while servers run."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.access.auth import hash_of, new_token
from ffremote.api.access.signed_paths import sign
from ffremote.api.app import create_app
from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db.token import TokenKind
from ffremote.jobs import tokens
from tests.support.both_databases import database_url, template
from tests.support.raw_http import connect, error_of, head, read_all, read_until

__all__ = ["database_url", "template"]

JOBS = "/api/v1/jobs"
HOUR = timedelta(hours=1)


@pytest.fixture
def make_app() -> Iterator[Callable[[Settings], Flask]]:
    """Make an app, as each process of a server does."""
    made: list[Flask] = []

    def make(settings: Settings) -> Flask:
        made.append(create_app(settings))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


def add(
    session: Session,
    name: str,
    *,
    kind: TokenKind = TokenKind.CLIENT,
    lifetime: timedelta | None = None,
) -> str:
    """Add a token; return its secret."""
    secret = f"secret of {name}"
    tokens.add(session, name=name, kind=kind, hashed=hash_of(secret), lifetime=lifetime)
    return secret


def ask(client: FlaskClient, secret: str | None, **headers: str) -> tuple[int, str]:
    """Return status and message of a request with a token."""
    bearer = {"Authorization": f"Bearer {secret}"} if secret else {}
    response = client.get(JOBS, headers=bearer | headers)
    return response.status_code, (response.get_json() or {}).get("error", {}).get("message", "")


def test_a_token_is_accepted_by_every_process_until_it_is_revoked(
    make_app: Callable[[Settings], Flask], settings: Settings, session: Session
) -> None:
    servers = [make_app(settings).test_client() for _ in range(2)]
    opened = [ask(server, None)[0] for server in servers]

    secret = add(session, "alice")
    valid = [ask(server, secret)[0] for server in servers]
    without = [ask(server, None)[0] for server in servers]
    tokens.revoke(session, "alice")

    revoked = "This token was revoked; ask the operator of the server for a new one."
    assert (opened, valid, without) == ([200, 200], [200, 200], [401, 401])
    assert [ask(server, secret) for server in servers] == [(401, revoked)] * 2
    assert [ask(server, None)[0] for server in servers] == [401, 401]


def test_a_token_that_has_expired_is_refused_in_words(
    client: FlaskClient, session: Session
) -> None:
    over = add(session, "over", lifetime=-HOUR)

    status, message = ask(client, over)

    assert (status, message.partition(";")[0]) == (401, "This token has expired")


def test_tokens_of_the_setting_and_of_the_table_are_valid_together(
    make_app: Callable[[Settings], Flask], settings: Settings, session: Session
) -> None:
    configured, entry = new_token("alice")
    client = make_app(settings.model_copy(update={"tokens": entry})).test_client()

    stored = add(session, "bob")

    assert [ask(client, secret)[0] for secret in (configured, stored, "x")] == [200, 200, 401]


def test_the_token_of_a_worker_is_refused_to_clients_even_where_none_is_needed(
    client: FlaskClient, session: Session
) -> None:
    worker = add(session, "w", kind=TokenKind.WORKER)
    opened = ask(client, None)[0]
    add(session, "alice")

    refused = ask(client, worker)

    assert opened == 200
    assert refused == (403, "This token is one of a worker, which may not use the API of clients.")


def test_with_a_token_any_host_name_is_accepted(client: FlaskClient, session: Session) -> None:
    before = ask(client, None, Host="film.example")[0]

    secret = add(session, "alice")

    assert (before, ask(client, secret, Host="film.example")[0]) == (403, 200)


def test_a_signed_path_ends_when_its_token_is_revoked(
    client: FlaskClient, session: Session
) -> None:
    job = "00000000-0000-4000-8000-000000000001"
    add(session, "other")
    path = sign(job, utc_now(), hash_of(add(session, "alice"))) + "a.mp4"

    valid = client.get(path).status_code
    tokens.revoke(session, "alice")

    assert (valid, client.get(path).status_code) == (404, 403)  # there is no such job


@pytest.mark.parametrize("is_known", [True, False])
def test_a_body_is_taken_from_the_owner_of_a_stored_token_only(
    serve: Callable[..., tuple[str, int]], app: Flask, session: Session, is_known: bool
) -> None:
    secret = add(session, "alice") if is_known else "unknown"
    add(session, "other")
    content = "Content-Type: application/json"
    body = b"{}" + b" " * (2 << 20)
    request = head(
        "POST", len(body), content, f"Authorization: Bearer {secret}", path=f"{JOBS}?dry_run=1"
    )

    with connect(serve(app)) as client:
        client.sendall(request)
        if is_known:
            client.sendall(body)
            status = read_until(client, b"\r\n").partition(b"\r\n")[0].decode()
        else:
            status, _error = error_of(read_all(client))

    assert status == ("HTTP/1.1 400 BAD REQUEST" if is_known else "HTTP/1.1 401 UNAUTHORIZED")


def test_a_server_that_starts_knows_the_tokens_before_they_are_used(
    make_app: Callable[[Settings], Flask], settings: Settings, session: Session
) -> None:
    secret = add(session, "alice")
    app = make_app(settings)
    policy = app.extensions["ffremote"].access
    headers = {"HOST": "localhost", "AUTHORIZATION": f"Bearer {secret}"}
    unloaded = policy.allows("POST", JOBS, headers | {"AUTHORIZATION": "Bearer x"})

    with app.app_context():
        policy.tokens.load()

    wrong = headers | {"AUTHORIZATION": "Bearer x"}
    assert unloaded  # until then nothing says that a token is needed; the app decides
    assert (policy.allows("POST", JOBS, headers), policy.allows("POST", JOBS, wrong)) == (
        True,
        False,
    )
