"""Hostile cookies, origins and sign-ins neither get in nor cause an error of the server."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.access.auth import hash_of
from ffremote.config import load_settings
from ffremote.db.token import TokenKind
from ffremote.errors import ConfigurationError
from ffremote.jobs import tokens
from tests.api.conftest import app, client, serve
from tests.security.page_payloads import COOKIES, ORIGINS, PREFIXES, SIGN_INS
from tests.support.raw_http import connect, read_until

__all__ = ["app", "client", "serve"]

pytestmark = pytest.mark.security

SESSION, JOBS = "/api/v1/session", "/api/v1/jobs"
JOB = f"{JOBS}/00000000-0000-4000-8000-000000000000"
SECRET = "the secret"
OWN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def protected(session: Session) -> None:
    """A token, so that the server asks for one."""
    tokens.add(session, name="alice", kind=TokenKind.CLIENT, hashed=hash_of(SECRET), lifetime=None)


@pytest.mark.usefixtures("protected")
def test_no_cookie_that_no_server_made_gets_in(
    app: Flask, serve: Callable[[Flask], tuple[str, int]]
) -> None:
    address = serve(app)
    wrong = {}
    for cookie in COOKIES:
        jobs = answer(address, "GET", JOBS, cookie)
        shown = answer(address, "GET", SESSION, cookie)
        if b" 401 " not in jobs or b'"signed_in":false' not in shown:
            wrong[cookie[:80]] = (jobs[:200], shown[:200])

    assert wrong == {}


@pytest.mark.usefixtures("protected")
def test_no_origin_but_the_pages_own_changes_anything_by_its_session(client: FlaskClient) -> None:
    client.post(SESSION, json={"token": SECRET}, headers=OWN)
    wrong = {}
    for origin in ORIGINS:
        statuses = (
            client.delete(JOB, headers={"Origin": origin}).status_code,
            client.post(JOBS, json={}, headers={"Origin": origin}).status_code,
            client.delete(SESSION, headers={"Origin": origin}).status_code,
        )
        if statuses != (403, 403, 403):
            wrong[origin[:80]] = statuses

    assert wrong == {}
    assert client.delete(JOB, headers=OWN).status_code == 404
    assert client.get(SESSION).json["signed_in"] is True


@pytest.mark.usefixtures("protected")
def test_no_sign_in_without_a_token_of_this_server_begins_a_session(client: FlaskClient) -> None:
    wrong = {}
    for body in SIGN_INS:
        response = client.post(SESSION, data=body, headers=OWN)
        if response.status_code not in (400, 401, 413) or "Set-Cookie" in response.headers:
            wrong[body[:80]] = response.status

    assert wrong == {}


def test_no_prefix_leaves_the_servers_own_paths() -> None:
    accepted = []
    for prefix in PREFIXES:
        try:
            accepted.append(load_settings({"FFREMOTE_URL_PREFIX": prefix}).url_prefix)
        except ConfigurationError as exc:
            assert str(exc).startswith("FFREMOTE_URL_PREFIX=")

    assert accepted == []


def answer(address: tuple[str, int], method: str, path: str, cookie: str) -> bytes:
    """Return the response to a request with these bytes as its cookie."""
    lines = (f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close")
    head = "\r\n".join((*lines, f"Cookie: {cookie}", "", "")).encode("latin-1")
    with connect(address) as stream:
        stream.sendall(head)
        received = read_until(stream, b"\r\n\r\n")
        while block := stream.recv(1 << 16):
            received += block
    return received
