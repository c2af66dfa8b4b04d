"""`FFREMOTE_URL_PREFIX`: the service below a path that the operator chose; no header decides."""

import http.client
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ffremote.api.access.auth import new_token
from ffremote.api.access.sessions import COOKIE
from ffremote.api.app import create_app
from ffremote.config import Settings, load_settings
from ffremote.errors import ConfigurationError
from tests.support.event_stream import EventStream
from tests.support.multipart import file_part, form, job_part

Address = tuple[str, int]
SECRET, ENTRY = new_token("a")
BEARER = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def below(settings: Settings) -> Settings:
    """Settings with a prefix and a token."""
    return settings.model_copy(update={"url_prefix": "/media/ff", "tokens": ENTRY})


@pytest.fixture
def app(below: Settings) -> Iterator[Flask]:
    """The app below the prefix."""
    made = create_app(below)
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engine.dispose()


def test_links_have_the_prefix_whether_or_not_a_proxy_removes_it(client: FlaskClient) -> None:
    for prefix in ("/media/ff", ""):
        sent = client.post(f"{prefix}/api/v1/jobs", headers=BEARER, **form(job_part(), file_part()))
        upload = {"Upload-Length": "5", "Tus-Resumable": "1.0.0"}
        begun = client.post(f"{prefix}/api/v1/uploads", headers=BEARER | upload)
        document = client.get(f"{prefix}/api/v1/openapi.json", headers=BEARER).json

        assert sent.headers["Location"].startswith("/media/ff/api/v1/jobs/")
        assert begun.headers["Location"].startswith("/media/ff/api/v1/uploads/")
        assert client.get(sent.headers["Location"], headers=BEARER).status_code == 200
        assert client.head(begun.headers["Location"], headers=BEARER | upload).status_code == 200
        assert document["servers"][0]["url"] == "/media/ff/"


def test_the_page_the_docs_and_the_cookie_are_below_the_prefix(client: FlaskClient) -> None:
    page = client.get("/media/ff/")
    docs = client.get("/media/ff/docs")
    origin = {"Origin": "http://localhost"}
    session = client.post("/media/ff/api/v1/session", json={"token": SECRET}, headers=origin)
    at_root = client.get("/media/ff")

    assert 'src="/media/ff/static/' in page.text and 'src="/static/' not in page.text
    assert 'href="/media/ff/api/v1/openapi.json"' in docs.text
    assert "Path=/media/ff/" in session.headers["Set-Cookie"] and COOKIE in str(session.headers)
    assert (at_root.status_code, at_root.headers["Location"]) == (308, "/media/ff/")


@pytest.mark.parametrize(
    "path", ["/media/ffx/healthz", "/media/healthz", "/media/ff/media/ff/healthz"]
)
def test_another_path_is_not_below_the_prefix(client: FlaskClient, path: str) -> None:
    assert client.get("/media/ff/healthz").status_code == 200
    assert client.get(path, headers=BEARER).status_code == 404


def test_no_header_sets_a_prefix(client: FlaskClient) -> None:
    trusted = {"X-Forwarded-Prefix": "/evil", "X-Script-Name": "/evil", "Forwarded": "for=x"}

    assert "/evil" not in client.get("/media/ff/", headers=trusted).text


def test_the_server_checks_access_and_streams_below_the_prefix(
    app: Flask, below: Settings, serve: Callable[..., Address]
) -> None:
    address = serve(app, below)
    with EventStream(
        address, "/media/ff/api/v1/events", f"Authorization: Bearer {SECRET}"
    ) as found:
        found.until("hello")
    refused = http.client.HTTPConnection(*address, timeout=10)
    refused.putrequest("POST", "/media/ff/api/v1/jobs")
    refused.putheader("Content-Length", str(20 << 30))
    refused.endheaders()

    assert refused.getresponse().status == 401  # before the body
    refused.close()


@pytest.mark.parametrize("prefix", ["x", "/x/", "/", "//x", "/x y", "/../x", "/x?y", "/é"])
def test_what_is_no_prefix_stops_the_program(prefix: str) -> None:
    environ: dict[str, Any] = {"FFREMOTE_URL_PREFIX": prefix}

    with pytest.raises(ConfigurationError, match="FFREMOTE_URL_PREFIX"):
        load_settings(environ)
