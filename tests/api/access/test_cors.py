"""What browsers are told about pages of elsewhere: the listed ones may speak, no other."""

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


def told(headers: Headers) -> set[str]:
    return {name for name, _ in headers if name.startswith("Access-Control-")}


@pytest.mark.parametrize("path", [UPLOADS, f"{UPLOADS}/x", "/api/v1/jobs", "/api/v1/jobs/x/result"])
def test_a_listed_page_may_ask_without_a_token_what_it_may_send(
    client: FlaskClient, path: str
) -> None:
    answer = client.options(path, headers={"Origin": PAGE, **ASKING})

    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST, PATCH, DELETE"
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert set(ASKING["Access-Control-Request-Headers"].split(",")) < set(allowed)
    assert {"upload-offset", "upload-checksum", "upload-metadata", "range"} < set(allowed)
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.vary


def test_a_listed_page_reads_answers_and_refusals(
    client: FlaskClient, secret_and_entry: tuple[str, str]
) -> None:
    bearer = {"Origin": PAGE, "Authorization": f"Bearer {secret_and_entry[0]}"}

    made = client.post(UPLOADS, headers={**bearer, "Upload-Length": "9"})
    wrong = client.post(UPLOADS, headers=bearer)
    stranger = client.get("/api/v1/jobs", headers={"Origin": PAGE})

    assert [each.status_code for each in (made, wrong, stranger)] == [201, 400, 401]
    for answer in (made, wrong, stranger):
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
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
def test_no_other_page_is_told_anything(
    client: FlaskClient, secret_and_entry: tuple[str, str], origin: str
) -> None:
    bearer = {"Origin": origin, "Authorization": f"Bearer {secret_and_entry[0]}"}

    asked = client.options(UPLOADS, headers={"Origin": origin, **ASKING})
    posted = client.post(UPLOADS, headers={**bearer, "Upload-Length": "9"})
    read = client.get("/api/v1/jobs", headers=bearer)

    assert [each.status_code for each in (asked, posted, read)] == [401, 403, 200]
    for answer in (asked, posted, read):
        assert told(answer.headers) == set()
        assert "Origin" in answer.vary


def test_a_server_without_listed_pages_tells_nobody(settings: Settings) -> None:
    answer = create_app(settings).test_client().options(UPLOADS, headers={"Origin": PAGE, **ASKING})

    assert (answer.status_code, told(answer.headers)) == (204, set())


def test_a_listed_page_under_a_rebound_name_is_refused(settings: Settings) -> None:
    listed = create_app(settings.model_copy(update={"allowed_origins": PAGE})).test_client()

    answer = listed.options(UPLOADS, headers={"Host": "evil.example", "Origin": PAGE, **ASKING})

    assert answer.status_code == 403


@pytest.mark.parametrize("text", ["*", "films.example", f"{PAGE}/", f"{PAGE}/page", "null", "://x"])
def test_what_is_no_origin_stops_the_program(settings: Settings, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"FFREMOTE_ALLOWED_ORIGINS: .* is not an origin"):
        create_app(settings.model_copy(update={"allowed_origins": f"{PAGE}, {text}"}))
