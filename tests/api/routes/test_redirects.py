"""Which downloads are redirected to the object store, and which the server answers itself."""

import uuid
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.context import KEY
from ffremote.api.file_response import disposition
from ffremote.config import DownloadWay, Settings
from ffremote.depot import keys
from ffremote.depot.protocol import Presentation
from ffremote.depot.s3.depot import S3Depot
from ffremote.files.storage import Storage
from ffremote.s3_address import parse
from tests.support.api_jobs import JOBS, submit
from tests.support.depot_elsewhere import LINK, move_depot
from tests.support.packages import complete_package
from tests.support.worker_steps import RESULT, SHA, complete

ETAG = f'"{SHA}"'


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings of a server that redirects."""
    return settings.model_copy(update={"downloads": DownloadWay.REDIRECT})


@pytest.fixture
def far(client: FlaskClient, tmp_path: Path) -> Storage:
    """The storage of the server, whose depot has links."""
    storage: Storage = client.application.extensions[KEY].storage
    storage.prepare()
    move_depot(storage, tmp_path / "elsewhere").is_on_this_disk = False
    return storage


@pytest.fixture
def result(client: FlaskClient, far: Storage, session: Session) -> str:
    """The path of a result behind a link."""
    job_id = submit(client)
    complete(session, far)
    return f"{JOBS}/{job_id}/result"


REDIRECTED: list[dict[str, str]] = [
    {},
    {"Range": "bytes=5-9"},
    {"Sec-Fetch-Mode": "navigate", "User-Agent": "Mozilla/5.0"},
    {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "video"},
    {"Prefer": "redirect", "User-Agent": "ffremote"},
    {"Prefer": "redirect", "Range": "bytes=5-9", "If-Range": ETAG},
    {"Prefer": "respond-async, Redirect", "If-None-Match": '"other"'},
]
ANSWERED: list[tuple[dict[str, str], int]] = [
    ({"User-Agent": "ffremote"}, 200),
    ({"User-Agent": "ffremote", "Range": "bytes=5-9"}, 206),
    ({"Sec-Fetch-Mode": "cors"}, 200),
    ({"Sec-Fetch-Mode": "same-origin"}, 200),
    ({"Range": "bytes=5-9", "If-Range": ETAG}, 206),
    ({"Prefer": "redirect", "Range": "bytes=5-9", "If-Range": '"other"'}, 200),
    ({"Prefer": "redirect", "Range": "bytes=0-1,5-9"}, 200),
    ({"Prefer": "redirect", "Range": f"bytes={len(RESULT)}-"}, 416),
    ({"Prefer": "redirect", "If-None-Match": ETAG}, 304),
]


def test_a_get_of_bytes_is_redirected_to_a_link_that_says_what_the_file_is(
    client: FlaskClient, result: str
) -> None:
    for headers in REDIRECTED:
        answer = client.get(result, headers=headers)

        assert (headers, answer.status_code, answer.data) == (headers, 307, b"")
        assert answer.headers["Location"] == f"{LINK}900"
        assert answer.headers["ETag"] == ETAG
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_no_plain_transfer_of_bytes_is_answered_here(
    client: FlaskClient, result: str
) -> None:
    for headers, status in ANSWERED:
        answer = client.get(result, headers=headers)

        assert (headers, answer.status_code) == (headers, status)
        assert "Location" not in answer.headers
    assert client.head(result, headers={"Prefer": "redirect"}).status_code == 200


def test_archives_and_playlists_are_sent_from_here(
    client: FlaskClient, far: Storage, session: Session
) -> None:
    job_id = submit(client)
    complete_package(session, far)
    base, headers = f"{JOBS}/{job_id}", {"Prefer": "redirect"}

    def status(path: str) -> int:
        return client.get(f"{base}/{path}", headers=headers).status_code

    assert status("result") == 200
    assert status("files/list.m3u8") == 200
    assert status("files/s0.ts") == 307


def test_a_file_from_before_the_bucket_is_sent_from_here(
    client: FlaskClient, storage: Storage, session: Session
) -> None:
    job_id = submit(client)
    complete(session, storage)

    assert client.get(f"{JOBS}/{job_id}/result").data == RESULT


@pytest.mark.parametrize("name", ["träume.mp4", 'a";filename=x.mp4', "a%0d%0ab.mp4", "a;b=c.mp4"])
def test_a_file_name_does_not_leave_its_header(name: str, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "never-to-be-seen")
    depot = S3Depot(parse("s3://films?endpoint=http://in:1&public=https://out.example.com"))
    wanted = disposition("attachment", name)

    key = keys.upload(str(uuid.uuid4()))
    link = depot.link(key, Presentation("video/mp4", wanted), seconds=9)

    parts = urlsplit(link)
    query = parse_qs(parts.query, strict_parsing=True)
    assert (parts.scheme, parts.netloc) == ("https", "out.example.com")
    assert query["response-content-disposition"] == [wanted]
    assert query["X-Amz-Expires"] == ["9"]
    assert "never-to-be-seen" not in link
