"""Sign-in of a page: the cookie stands for a token, for one site, until the token ends."""

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.access import sessions
from ffremote.api.access.auth import hash_of
from ffremote.api.access.sessions import COOKIE, Sessions
from ffremote.clock import utc_now
from ffremote.db.token import TokenKind
from ffremote.jobs import tokens
from tests.api.access.test_stored_tokens import add
from tests.support.both_databases import database_url, template
from tests.support.event_stream import EventStream
from tests.support.raw_http import connect, head, read_until

__all__ = ["database_url", "template"]

SESSION, JOBS = "/api/v1/session", "/api/v1/jobs"
OWN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
OUT = {"required": True, "signed_in": False, "name": None, "expires_at": None}


def sign_in(client: FlaskClient, secret: str, **headers: str) -> str:
    """Sign in; return the Set-Cookie header."""
    response = client.post(SESSION, json={"token": secret}, headers=OWN | headers)
    assert response.status_code == 200, response.json
    return response.headers["Set-Cookie"]


def test_a_session_is_accepted_in_place_of_the_token_until_sign_out(
    client: FlaskClient, session: Session
) -> None:
    secret = add(session, "alice")
    before = (client.get(SESSION).json, client.get(JOBS).status_code)

    cookie = sign_in(client, secret)

    shown = client.get(SESSION).json
    assert before == (OUT, 401)
    assert (shown["signed_in"], shown["name"]) == (True, "alice")
    assert client.get(JOBS).status_code == 200
    assert client.get("/metrics").status_code == 200
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie and secret not in cookie
    assert client.delete(SESSION, headers=OWN).status_code == 204
    assert (client.get(SESSION).json, client.get(JOBS).status_code) == (OUT, 401)


def test_under_tls_the_cookie_is_for_tls_only(client: FlaskClient, session: Session) -> None:
    cookie = sign_in(client, add(session, "alice"), Origin="https://localhost")

    assert "Secure" in cookie


def test_another_server_of_the_database_accepts_the_session(
    client: FlaskClient, session: Session, app: Flask
) -> None:
    sign_in(client, add(session, "alice"))
    other = app.extensions["ffremote"].access.sessions
    other._key = None  # as in a process that has just started

    assert client.get(JOBS).status_code == 200


def test_a_session_ends_with_its_token(client: FlaskClient, session: Session) -> None:
    sign_in(client, add(session, "alice"))
    add(session, "bob")

    tokens.revoke(session, "alice")

    refused = client.get(JOBS)
    assert refused.status_code == 401
    assert "session has ended; sign in again" in refused.json["error"]["message"]
    assert client.get(SESSION).json == OUT


def test_a_session_ends_no_later_than_its_token_and_after_a_week(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, add(session, "alice", lifetime=timedelta(hours=1)))
    soon = client.get(SESSION).json["expires_at"]
    sign_in(client, add(session, "bob"))
    later = client.get(SESSION).json["expires_at"]
    monkeypatch.setattr(sessions, "LASTS", timedelta(seconds=-1))
    cookie = sign_in(client, add(session, "carol")).partition(";")[0]

    old = app.test_client(use_cookies=False).get(JOBS, headers={"Cookie": cookie})

    assert soon < later < (utc_now() + timedelta(days=7, seconds=1)).isoformat()
    assert old.status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://allowed.example"},
    ],
)
def test_a_change_by_a_session_needs_the_origin_of_the_page(
    client: FlaskClient, session: Session, headers: dict[str, str]
) -> None:
    job = f"{JOBS}/00000000-0000-4000-8000-000000000000"
    secret = add(session, "alice")
    sign_in(client, secret)

    refused = client.delete(job, headers=headers)
    own = client.delete(job, headers=OWN)
    read = client.get(JOBS, headers={"Sec-Fetch-Site": "same-origin"})

    assert (refused.status_code, own.status_code, read.status_code) == (403, 404, 200)


def test_a_worker_cannot_sign_in_and_the_api_of_workers_takes_no_session(
    client: FlaskClient, session: Session
) -> None:
    secret = add(session, "alice")
    worker = add(session, "box", kind=TokenKind.WORKER)

    refused = client.post(SESSION, json={"token": worker}, headers=OWN)
    sign_in(client, secret)

    assert refused.status_code == 403
    assert client.post("/worker/v1/claims", json={}, headers=OWN).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"x", 400),
        (b"[]", 400),
        (b'{"token": 7}', 400),
        (b'{"token": ""}', 400),
        (b"[" * 4000, 400),
        (b'{"token": "' + b"x" * 5000 + b'"}', 413),
        (b'{"token": "unknown"}', 401),
        (b'{"token": "\\ud800"}', 400),
    ],
)
def test_what_is_no_token_is_refused(
    client: FlaskClient, session: Session, body: bytes, status: int
) -> None:
    add(session, "alice")

    response = client.post(SESSION, data=body, headers=OWN)

    assert response.status_code == status
    assert "Set-Cookie" not in response.headers


def tampered(value: str) -> list[str]:
    data = bytearray(base64.urlsafe_b64decode(value))
    changed = []
    for place in (0, 20, 40):
        other = bytearray(data)
        other[place] ^= 1
        changed.append(base64.urlsafe_b64encode(other).decode())
    return [
        *changed,
        value[:-4],
        value + "AAAA",
        "",
        "é" * 64,
        "=" * 64,
        value.replace("-", "+")[:63],
    ]


def test_a_changed_cookie_is_worth_nothing(app: Flask, session: Session) -> None:
    client = app.test_client(use_cookies=False)
    value = sign_in(client, add(session, "alice")).partition(";")[0].partition("=")[2]
    sent = client.get(JOBS, headers={"Cookie": f"{COOKIE}={value}"})

    found = {
        client.get(JOBS, headers={"Cookie": f"{COOKIE}={each}"}).status_code
        for each in tampered(value)
    }

    assert (sent.status_code, found) == (200, {401})


def test_without_a_key_no_cookie_is_valid() -> None:
    hashed = hash_of("x")
    value, _ = Sessions(None).start(hashed, utc_now())

    assert Sessions(None).token_in(f"{COOKIE}={value}", [hashed], utc_now()) is None


def test_an_open_server_needs_no_session(app: Flask) -> None:
    client = app.test_client(use_cookies=False)
    response = client.post(SESSION, json={"token": "x"}, headers=OWN)

    assert response.json == OUT | {"required": False}
    assert "Set-Cookie" not in response.headers
    assert client.get(JOBS, headers={"Cookie": f"{COOKIE}=old"}).status_code == 200


def test_a_script_is_asked_for_no_password(client: FlaskClient, session: Session) -> None:
    add(session, "alice")

    script = client.get(JOBS, headers={"Sec-Fetch-Dest": "empty"})
    page = client.get(JOBS, headers={"Sec-Fetch-Dest": "document"})

    assert script.headers.getlist("WWW-Authenticate") == ['Bearer realm="ffremote"']
    assert len(page.headers.getlist("WWW-Authenticate")) == 2


def test_events_and_large_bodies_take_a_session(
    app: Flask, client: FlaskClient, session: Session, serve: Callable[[Flask], tuple[str, int]]
) -> None:
    cookie = "Cookie: " + sign_in(client, add(session, "alice")).partition(";")[0]
    address = serve(app)
    with EventStream(address, "/api/v1/events", cookie) as stream:
        stream.until("hello")
    size = 2 << 20
    with connect(address) as upload:
        lines = (
            cookie,
            "Origin: http://localhost",
            "Content-Type: multipart/form-data; boundary=x",
        )
        upload.sendall(head("POST", size, *lines, path=JOBS) + bytes(size))

        assert b"400" in read_until(upload, b"\r\n")
