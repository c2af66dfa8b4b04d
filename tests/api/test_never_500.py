"""No content of headers, queries and paths causes a 500."""

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.db import database
from ffremote.files.storage import Storage
from tests.support.multipart import MEDIA, file_part, form, job_part
from tests.support.worker_steps import complete

API = "/api/v1"
DIGITS = "9" * 5000
DATES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00.000000Z")
ID = "00000000-0000-4000-8000-000000000000"


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


numbers = st.one_of(
    st.integers(-10, 10**20).map(str),
    st.integers(1, 6000).map(lambda count: "9" * count),
    st.integers(1, 6000).map(lambda count: "0" * count + "7"),
    st.sampled_from(["", "-", "+1", "1e9", "0x10", "1_000", "٣", "1.5", "NaN", "inf"]),
)
words = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc"]), max_size=60
)
ranges = st.builds("bytes={}-{}".format, numbers, numbers)
cursors = st.one_of(
    words,
    st.builds(lambda day, job: cursor(f"{day} {job}"), st.sampled_from(DATES), st.just(ID)),
    st.builds(lambda day, rest: cursor(f"{day}{rest}"), st.sampled_from(DATES), words),
)
values = st.one_of(numbers, words, ranges, cursors)
HEADERS = (
    *("Range", "If-Range", "If-None-Match", "Idempotency-Key", "Content-Type", "Authorization"),
    *("Origin", "Sec-Fetch-Site", "Upload-Length", "Upload-Offset", "Upload-Metadata"),
    *("Upload-Checksum", "Upload-Defer-Length", "Tus-Resumable", "X-HTTP-Method-Override"),
    *("Content-Length", "Transfer-Encoding", "Accept", "Cookie", "X-Accel-Prefix", "Host"),
)
QUERY = ("limit", "cursor", "state", "label", "dry_run", "sha256", "bytes")
PATHS = (
    *(
        f"{API}/jobs",
        f"{API}/jobs/{{job}}",
        f"{API}/jobs/{{job}}/status",
        f"{API}/jobs/{{job}}/log",
        f"{API}/jobs/{{job}}/retry",
    ),
    *(
        f"{API}/jobs/{{job}}/result",
        f"{API}/uploads",
        f"{API}/uploads/{{upload}}",
        f"{API}/workers",
    ),
    *(f"{API}/workers/{{word}}/drain", f"{API}/jobs/{{word}}/status", f"{API}/uploads/{{word}}"),
    *(f"{API}/capabilities", f"{API}/presets", "/metrics", "/healthz", "/{word}", "/static/{word}"),
)


@pytest.fixture(scope="module")
def place(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """An app with a completed job and an incomplete upload."""
    with app_with_a_job(migrated, tmp_path_factory.mktemp("place") / "data") as made:
        yield made


@pytest.fixture(scope="module")
def fuzzed(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The same for random requests, which may delete the result."""
    with app_with_a_job(migrated, tmp_path_factory.mktemp("fuzzed") / "data") as made:
        yield made


@contextmanager
def app_with_a_job(migrated: Path, data: Path) -> Iterator[dict[str, Any]]:
    shutil.copytree(migrated, data)
    app = create_app(Settings(data_dir=data, min_free_bytes=0))
    client = app.test_client()
    job = client.post(f"{API}/jobs", **form(job_part(), file_part())).json["job_id"]
    engine = database.open_engine(f"sqlite:///{data}/ffremote.db")
    with database.session_maker(engine)() as session:
        complete(session, Storage(data))
    engine.dispose()
    made = client.post(f"{API}/uploads", headers={"Upload-Length": str(len(MEDIA))})
    yield {"client": client, "job": job, "upload": made.json["upload_id"]}
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def check_response(response: Any) -> None:
    """Check that a response is not a 5xx, and that an error has a message."""
    assert response.status_code != 500, response.text
    if response.status_code >= 400 and response.data:
        assert (
            response.json["error"]["message"]
            if "error" in response.json
            else response.json["checks"]
        )


@hypothesis_settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "PUT"]),
    path=st.sampled_from(PATHS),
    headers=st.dictionaries(st.sampled_from(HEADERS), values, max_size=5),
    query=st.dictionaries(st.sampled_from(QUERY), values, max_size=4),
    word=words,
    body=st.binary(max_size=200),
)
@example("GET", f"{API}/jobs", {}, {"limit": DIGITS}, "", b"")
@example("GET", f"{API}/jobs", {}, {"cursor": cursor(f"{DATES[0]} {ID}")}, "", b"")
@example("GET", f"{API}/jobs", {}, {"cursor": cursor(f"{DATES[1]} {ID}")}, "", b"")
@example("GET", f"{API}/jobs/{{job}}/result", {"Range": f"bytes={DIGITS}-"}, {}, "", b"")
@example("GET", f"{API}/jobs/{{job}}/result", {"Range": f"bytes=0-{DIGITS}"}, {}, "", b"")
@example("GET", f"{API}/jobs/{{job}}/log", {"Range": f"bytes=-{DIGITS}"}, {}, "", b"")
@example("POST", f"{API}/jobs", {"Content-Length": DIGITS}, {}, "", b"{}")
def test_no_request_causes_a_server_error(
    fuzzed: dict[str, Any],
    method: str,
    path: str,
    headers: dict[str, str],
    query: dict[str, str],
    word: str,
    body: bytes,
) -> None:
    client: FlaskClient = fuzzed["client"]
    target = path.format(job=fuzzed["job"], upload=fuzzed["upload"], word=word.replace("?", "%3F"))

    response = client.open(
        target,
        method=method,
        query_string=query,
        headers={name: value.encode().decode("latin-1") for name, value in headers.items()},
        data=body if method in ("POST", "PATCH", "PUT") else None,
    )

    check_response(response)


@pytest.mark.parametrize(
    ("header", "status", "content_range"),
    [
        (f"bytes={DIGITS}-", 416, "bytes */7000"),
        (f"bytes=0-{DIGITS}", 206, "bytes 0-6999/7000"),
        (f"bytes=-{DIGITS}", 206, "bytes 0-6999/7000"),
        (f"bytes={'0' * 5000}-9", 206, "bytes 0-9/7000"),
        (f"bytes={DIGITS}-{DIGITS}", 416, "bytes */7000"),
        ("bytes=-0", 416, "bytes */7000"),
    ],
)
def test_a_range_with_many_digits_is_a_number(
    place: dict[str, Any], header: str, status: int, content_range: str
) -> None:
    client: FlaskClient = place["client"]

    response = client.get(f"{API}/jobs/{place['job']}/result", headers={"Range": header})

    assert (response.status_code, response.headers["Content-Range"]) == (status, content_range)
