"""Who comes in: tokens, hosts and origins, before a byte of the body is read."""

from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIApplication

import pytest
from flask import Flask

from ffremote.api.access import guard
from ffremote.api.access.auth import Tokens, new_token
from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.errors import ConfigurationError
from tests.support.raw_http import connect, error_of, head, read_all

JOBS = "/api/v1/jobs"


def having(settings: Settings, **changes: Any) -> Flask:
    return create_app(settings.model_copy(update=changes))


def code_of(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json["error"]["code"] if answer.status_code >= 400 else None


def test_a_token_opens_and_nothing_else_does(settings: Settings) -> None:
    alice, entry_a = new_token("alice")
    bob, entry_b = new_token("bob")
    client = having(settings, tokens=f"{entry_a}, {entry_b}").test_client()

    for right in (alice, bob):
        assert client.get(JOBS, headers={"Authorization": f"Bearer {right}"}).status_code == 200
        assert client.get(JOBS, auth=("x", right)).status_code == 200
    for wrong in (None, "Bearer", "Bearer x", f"Bearer {alice}x", f"Digest {alice}", "Bearer ä"):
        answer = client.get(JOBS, headers={"Authorization": wrong} if wrong else {})
        assert code_of(answer) == (401, "UNAUTHORIZED")
        assert answer.headers.getlist("WWW-Authenticate") == [
            'Bearer realm="ffremote"',
            'Basic realm="ffremote"',
        ]
    for path in ("/metrics", f"{JOBS}/x", "/api/v1/openapi.json", "/nothing", f"{JOBS}/x/result"):
        assert client.get(path).status_code == 401
    for path in ("/", "/docs", "/static/dashboard.js", "/static/dashboard.css"):
        assert client.get(path).status_code == 200
    for path in ("/healthz", "/readyz"):
        assert client.get(path).status_code in (200, 503)


def test_a_stranger_is_refused_before_the_body(
    serve: Callable[[WSGIApplication], tuple[str, int]], settings: Settings
) -> None:
    app = having(settings, tokens=new_token("a")[1])
    request = head("POST", 20 << 30, "Content-Type: multipart/form-data; boundary=x", path=JOBS)

    with connect(serve(app)) as client:
        client.sendall(request)
        status, error = error_of(read_all(client))

    assert (status, error["code"]) == ("HTTP/1.1 401 UNAUTHORIZED", "UNAUTHORIZED")


@pytest.mark.parametrize(
    "text", ["secret", "a:secret", "a:sha256:xyz", f"a b:sha256:{'0' * 64}", ":sha256:" + "0" * 64]
)
def test_tokens_that_are_no_hashes_stop_the_program_and_are_not_repeated(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Tokens.parse(text)

    assert "FFREMOTE_TOKENS: entry 1 is not NAME:sha256:HASH" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_command_makes_what_the_setting_takes(app: Flask) -> None:
    made = app.test_cli_runner().invoke(args=["token", "alice"])
    refused = app.test_cli_runner().invoke(args=["token", "a b"])

    secret = made.stderr.split()[-1]
    tokens = Tokens.parse(made.stdout.strip())
    assert list(tokens.hashes) == ["alice"]
    assert secret not in made.stdout
    assert refused.exit_code == 2


HOSTS = {
    "localhost": 200,
    "localhost:8080": 200,
    "127.0.0.1:8080": 200,
    "[::1]:8080": 200,
    "192.168.1.5": 200,
    "server:8080": 200,
    "a.localhost": 200,
    "evil.example": 403,
    "evil.example:8080": 403,
    "127.0.0.1.evil.example": 403,
    "a b": 403,
}


@pytest.mark.parametrize("host", HOSTS)
def test_a_name_from_outside_is_not_answered_to(app: Flask, host: str) -> None:
    answer = app.test_client().get(JOBS, headers={"Host": host})

    assert answer.status_code == HOSTS[host]


def test_a_listed_name_and_a_token_both_answer_to_names(settings: Settings) -> None:
    secret, entry = new_token("a")
    listed = having(settings, allowed_hosts="film.example, other.example").test_client()
    tokens = having(settings, tokens=entry).test_client()

    host = {"Host": "film.example"}
    assert listed.get(JOBS, headers=host).status_code == 200
    assert listed.get(JOBS, headers={"Host": "evil.example"}).status_code == 403
    bearer = {"Authorization": f"Bearer {secret}"}
    assert tokens.get(JOBS, headers=host | bearer).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"Origin": "http://localhost:8080"}, 400),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:9999"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 400),
    ],
)
def test_a_page_from_elsewhere_changes_nothing(
    app: Flask, headers: dict[str, str], status: int
) -> None:
    client = app.test_client()
    headers = {"Host": "localhost:8080", **headers}

    posted = client.post(JOBS, json={}, headers=headers)
    read = client.get(JOBS, headers=headers)

    assert (posted.status_code, read.status_code) == (status, 200)


def test_an_open_server_says_so_the_louder_the_more_open(settings: Settings, caplog: Any) -> None:
    guard.warn_if_open(settings)
    guard.warn_if_open(settings.model_copy(update={"host": "0.0.0.0"}))
    guard.warn_if_open(settings.model_copy(update={"host": "0.0.0.0", "tokens": "x"}))

    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
