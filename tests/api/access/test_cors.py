"""CORS headers: pages of the listed origins are allowed, no others."""

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from ffremote.api.access.auth import new_token
from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.errors import ConfigurationError

PAGE = "https://films.example"
UPLOADS = "/api/v1/uploads"
ASKING = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,tus-resumable,upload-length",
}


@pytest.fixture
def secret_and_entry() -> tuple[str, str]:
    return new_token("page")


@pytest.fixture
def client(settings: Settings, secret_and_entry: tuple[str, str]) -> FlaskClient:
    """A client of a server with a token, and with two pages listed."""
    allowed = {"tokens": secret_and_entry[1], "allowed_origins": f"{PAGE}, http://localhost:3000"}
    return create_app(settings.model_copy(update=allowed)).test_client()


def cors_headers(headers: Headers) -> set[str]:
    return {name for name, _ in headers if name.startswith("Access-Control-")}


@pytest.mark.parametrize("path", [UPLOADS, f"{UPLOADS}/x", "/api/v1/jobs", "/api/v1/jobs/x/result"])
def test_a_preflight_of_a_listed_page_needs_no_token(client: FlaskClient, path: str) -> None:
    response = client.options(path, headers={"Origin": PAGE, **ASKING})

    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == PAGE
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST, PATCH, DELETE"
    allowed = response.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert set(ASKING["Access-Control-Request-Headers"].split(",")) < set(allowed)
    assert {"upload-offset", "upload-checksum", "upload-metadata", "range"} < set(allowed)
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Origin" in response.vary


def test_a_listed_page_may_read_responses_and_errors(
    client: FlaskClient, secret_and_entry: tuple[str, str]
) -> None:
    bearer = {"Origin": PAGE, "Authorization": f"Bearer {secret_and_entry[0]}"}

    made = client.post(UPLOADS, headers={**bearer, "Upload-Length": "9"})
    wrong = client.post(UPLOADS, headers=bearer)
    stranger = client.get("/api/v1/jobs", headers={"Origin": PAGE})

    assert [each.status_code for each in (made, wrong, stranger)] == [201, 400, 401]
    for response in (made, wrong, stranger):
        assert response.headers["Access-Control-Allow-Origin"] == PAGE
        exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"Location", "Upload-Offset", "Upload-Expires", "ETag", "Content-Range"} < {*exposed}


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://films.example",
        f"{PAGE}:8443",
        f"{PAGE}.evil.example",
        "null",
    ],
)
def test_no_other_page_gets_cors_headers(
    client: FlaskClient, secret_and_entry: tuple[str, str], origin: str
) -> None:
    bearer = {"Origin": origin, "Authorization": f"Bearer {secret_and_entry[0]}"}

    asked = client.options(UPLOADS, headers={"Origin": origin, **ASKING})
    posted = client.post(UPLOADS, headers={**bearer, "Upload-Length": "9"})
    read = client.get("/api/v1/jobs", headers=bearer)

    assert [each.status_code for each in (asked, posted, read)] == [401, 403, 200]
    for response in (asked, posted, read):
        assert cors_headers(response.headers) == set()
        assert "Origin" in response.vary


def test_a_server_without_listed_pages_sends_no_cors_headers(settings: Settings) -> None:
    response = (
        create_app(settings).test_client().options(UPLOADS, headers={"Origin": PAGE, **ASKING})
    )

    assert (response.status_code, cors_headers(response.headers)) == (204, set())


def test_a_listed_page_on_a_rebound_host_name_is_refused(settings: Settings) -> None:
    listed = create_app(settings.model_copy(update={"allowed_origins": PAGE})).test_client()

    response = listed.options(UPLOADS, headers={"Host": "evil.example", "Origin": PAGE, **ASKING})

    assert response.status_code == 403


@pytest.mark.parametrize("text", ["*", "films.example", f"{PAGE}/", f"{PAGE}/page", "null", "://x"])
def test_a_malformed_origin_is_a_configuration_error(settings: Settings, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"FFREMOTE_ALLOWED_ORIGINS: .* is not an origin"):
        create_app(settings.model_copy(update={"allowed_origins": f"{PAGE}, {text}"}))
