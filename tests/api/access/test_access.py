"""Access checks: tokens, hosts and origins, before a byte of the body is read."""

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


def app_with(settings: Settings, **changes: Any) -> Flask:
    return create_app(settings.model_copy(update=changes))


def code_of(response: Any) -> tuple[int, str | None]:
    return response.status_code, response.json["error"][
        "code"
    ] if response.status_code >= 400 else None


def test_only_a_valid_token_is_accepted(settings: Settings) -> None:
    alice, entry_a = new_token("alice")
    bob, entry_b = new_token("bob")
    client = app_with(settings, tokens=f"{entry_a}, {entry_b}").test_client()

    for right in (alice, bob):
        assert client.get(JOBS, headers={"Authorization": f"Bearer {right}"}).status_code == 200
        assert client.get(JOBS, auth=("x", right)).status_code == 200
    for wrong in (None, "Bearer", "Bearer x", f"Bearer {alice}x", f"Digest {alice}", "Bearer ä"):
        response = client.get(JOBS, headers={"Authorization": wrong} if wrong else {})
        assert code_of(response) == (401, "UNAUTHORIZED")
        assert response.headers.getlist("WWW-Authenticate") == [
            'Bearer realm="ffremote"',
            'Basic realm="ffremote"',
        ]
    for path in ("/metrics", f"{JOBS}/x", "/api/v1/openapi.json", "/nothing", f"{JOBS}/x/result"):
        assert client.get(path).status_code == 401
    for path in ("/", "/docs", "/static/x/js/main.js", "/static/x/css/page.css"):
        assert client.get(path).status_code == 200
    for path in ("/healthz", "/readyz"):
        assert client.get(path).status_code in (200, 503)


def test_a_request_without_a_token_is_refused_before_its_body(
    serve: Callable[[WSGIApplication], tuple[str, int]], settings: Settings
) -> None:
    app = app_with(settings, tokens=new_token("a")[1])
    request = head("POST", 20 << 30, "Content-Type: multipart/form-data; boundary=x", path=JOBS)

    with connect(serve(app)) as client:
        client.sendall(request)
        status, error = error_of(read_all(client))

    assert (status, error["code"]) == ("HTTP/1.1 401 UNAUTHORIZED", "UNAUTHORIZED")


@pytest.mark.parametrize(
    "text", ["secret", "a:secret", "a:sha256:xyz", f"a b:sha256:{'0' * 64}", ":sha256:" + "0" * 64]
)
def test_a_token_entry_without_a_hash_is_an_error_that_does_not_repeat_it(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Tokens.parse(text)

    assert "FFREMOTE_TOKENS: entry 1 is not NAME:sha256:HASH" in str(caught.value)
    assert "secret" not in str(caught.value)


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
def test_a_request_for_an_unknown_host_name_is_refused(app: Flask, host: str) -> None:
    response = app.test_client().get(JOBS, headers={"Host": host})

    assert response.status_code == HOSTS[host]


def test_host_names_need_a_token_or_a_list(settings: Settings) -> None:
    secret, entry = new_token("a")
    listed = app_with(settings, allowed_hosts="film.example, other.example").test_client()
    tokens = app_with(settings, tokens=entry).test_client()

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
def test_a_page_of_another_origin_changes_nothing(
    app: Flask, headers: dict[str, str], status: int
) -> None:
    client = app.test_client()
    headers = {"Host": "localhost:8080", **headers}

    posted = client.post(JOBS, json={}, headers=headers)
    read = client.get(JOBS, headers=headers)

    assert (posted.status_code, read.status_code) == (status, 200)


def test_an_open_server_logs_a_warning_or_an_error(settings: Settings, caplog: Any) -> None:
    everywhere = settings.model_copy(update={"host": "0.0.0.0"})
    guard.warn_if_open(settings, has_tokens=False)
    guard.warn_if_open(everywhere, has_tokens=False)
    guard.warn_if_open(everywhere, has_tokens=True)

    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
