"""The files of a job over HTTP: listed, one by one, and below a signed path."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from ffremote.api.access.auth import new_token
from ffremote.api.access.signed_paths import VALID_SECONDS, job_of, sign
from ffremote.api.app import create_app
from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db import database
from ffremote.db.job_file import JobFile
from ffremote.files.storage import Storage
from ffremote.jobs import claims, retention
from tests.support.builders import claim_job, queue_job
from tests.support.packages import FILES, PLAYLIST, complete_package
from tests.support.worker_steps import RESULT, SHA, complete

JOBS = "/api/v1/jobs"
SECRET, ENTRY = new_token("one")
TOKEN = {"Authorization": f"Bearer {SECRET}"}
OTHER_ENTRY = new_token("two")[1]


@pytest.fixture
def job(session: Session, storage: Storage) -> str:
    """A completed job with the files of `FILES`."""
    queue_job(session, storage, output_filename="film.m3u8")
    return complete_package(session, storage)[0].job_id


def make_client(settings: Settings, tokens: str = ENTRY) -> FlaskClient:
    return create_app(settings.model_copy(update={"tokens": tokens})).test_client()


def listed(client: FlaskClient, job: str, query: str = "", **headers: Any) -> dict[str, Any]:
    response = client.get(f"{JOBS}/{job}/files{query}", **headers)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.get_json()
    return found


def test_the_files_are_listed_in_their_order(client: FlaskClient, job: str) -> None:
    assert listed(client, job) == {
        "items": [
            {
                "name": name,
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "content_type": PLAYLIST if name == "list.m3u8" else "video/mp2t",
                "duration": None,
            }
            for name, content in FILES.items()
        ],
        "total": 3,
        "next_cursor": None,
        "base_path": f"{JOBS}/{job}/files/",
    }


def test_the_list_comes_in_pages(client: FlaskClient, job: str) -> None:
    first = listed(client, job, "?limit=2")
    second = listed(client, job, f"?limit=2&cursor={first['next_cursor']}")

    names = [[each["name"] for each in page["items"]] for page in (first, second)]
    assert names == [["list.m3u8", "s0.ts"], ["s1.ts"]]
    assert (first["total"], second["next_cursor"]) == (3, None)
    assert listed(client, job, "?cursor=3")["items"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=2001", "limit=x", "cursor=-1", "cursor=1e3"])
def test_a_wrong_page_is_refused(client: FlaskClient, job: str, query: str) -> None:
    response = client.get(f"{JOBS}/{job}/files?{query}")

    assert response.status_code == 400
    assert response.get_json()["error"]["details"]["field"] == query.partition("=")[0]


def test_a_job_with_one_file_has_one_item(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    queue_job(session, storage)
    job = complete(session, storage).job_id

    item = {"name": "a.mp4", "bytes": len(RESULT), "sha256": SHA, "content_type": "video/mp4"}
    assert listed(client, job)["items"] == [item | {"duration": 2.0}]
    assert client.get(f"{JOBS}/{job}/files/a.mp4").data == RESULT
    assert client.get(f"{JOBS}/{job}/files/b.mp4").status_code == 404


def test_a_file_is_sent_by_its_name(client: FlaskClient, job: str) -> None:
    content = FILES["s0.ts"]

    whole = client.get(f"{JOBS}/{job}/files/s0.ts")
    part = client.get(f"{JOBS}/{job}/files/s0.ts", headers={"Range": "bytes=5-9"})
    again = client.get(
        f"{JOBS}/{job}/files/s0.ts", headers={"If-None-Match": whole.headers["ETag"]}
    )

    digest = hashlib.sha256(content)
    assert whole.data == content
    assert whole.headers["Content-Type"] == "video/mp2t"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert whole.headers["Content-Disposition"] == 'inline; filename="s0.ts"'
    assert whole.headers["ETag"] == f'"{digest.hexdigest()}"'
    sent = base64.b64encode(digest.digest()).decode()
    assert whole.headers["Repr-Digest"] == f"sha-256=:{sent}:"
    assert (part.status_code, part.data) == (206, content[5:10])
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/javascript", "application/xml", "x", ""]
)
def test_what_is_no_media_is_saved_and_never_shown(
    client: FlaskClient, session: Session, job: str, kind: str
) -> None:
    with database.writing(session):
        session.execute(update(JobFile).values(content_type=kind))

    response = client.get(f"{JOBS}/{job}/files/s0.ts")

    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"] == 'attachment; filename="s0.ts"'


@pytest.mark.parametrize(
    "name",
    [
        *(
            "0",
            "1",
            "s2.ts",
            "S0.TS",
            "..",
            "../s0.ts",
            "..%2fs0.ts",
            "%2e%2e/x",
            "%2fetc%2fpasswd",
        ),
        *("s0.ts%00", "x" * 5000, "%ff", "film.zip", "film.m3u8"),
    ],
)
def test_no_other_name_is_sent(client: FlaskClient, job: str, name: str) -> None:
    response = client.get(f"{JOBS}/{job}/files/{name}")

    assert response.status_code == 404
    assert response.get_json()["error"]["code"] == "NOT_FOUND"


def test_files_that_expired_are_gone(
    client: FlaskClient, session: Session, storage: Storage, job: str
) -> None:
    retention.remove_result(session, storage, job)

    for path in ("/files", "/files/s0.ts", "/result"):
        response = client.get(f"{JOBS}/{job}{path}")
        assert (response.status_code, response.get_json()["error"]["code"]) == (
            410,
            "RESULT_EXPIRED",
        )


def test_a_job_that_makes_no_file_has_no_result(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    queue_job(session, storage)
    claim = claim_job(session)
    assert claims.complete(session, claim, claims.Result(None, None, {}))

    response = client.get(f"{JOBS}/{claim.job_id}/result")

    assert (response.status_code, response.get_json()["error"]["code"]) == (404, "NO_RESULT")
    assert client.get(f"{JOBS}/{claim.job_id}/files/a.mp4").status_code == 404
    assert listed(client, claim.job_id)["items"] == []
    assert client.get(f"{JOBS}/{claim.job_id}").get_json()["result"] is None


def test_the_files_of_a_job_that_is_not_completed_are_not_listed(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    job = queue_job(session, storage)

    for path in ("/files", "/files/a.mp4"):
        assert client.get(f"{JOBS}/{job.id}{path}").status_code == 409


def test_a_signed_path_needs_no_token(settings: Settings, job: str) -> None:
    client = make_client(settings)
    base = listed(client, job, headers=TOKEN)["base_path"]

    response = client.get(f"{base}s0.ts", headers={"Range": "bytes=0-2"})

    assert base.startswith("/files/")
    assert (response.status_code, response.data) == (206, FILES["s0.ts"][:3])
    assert client.get(f"{JOBS}/{job}/files/s0.ts").status_code == 401
    assert client.get(f"{base}s9.ts").status_code == 404
    assert client.post(f"{base}s0.ts").status_code == 405


def test_a_signed_path_is_the_same_for_a_minute(job: str) -> None:
    now = utc_now().replace(second=30, microsecond=0)

    assert sign(job, now, "a") == sign(job, now + timedelta(seconds=20), "a")
    assert job_of(sign(job, now, "a"), now + timedelta(seconds=VALID_SECONDS), ["b", "a"]) == job


def hostile_paths(job: str, settings: Settings) -> dict[str, str]:
    """Return paths that no server with the token `ENTRY` has signed for now."""
    own, now = ENTRY.rpartition(":")[2], utc_now()
    signed = sign(job, now, own).split("/")[2]
    data = base64.urlsafe_b64decode(signed)
    other = bytes(16)

    def text(changed: bytes) -> str:
        return base64.urlsafe_b64encode(changed).decode()

    return {
        "expired": sign(job, now - timedelta(seconds=VALID_SECONDS + 61), own).split("/")[2],
        "for another job": text(other + data[16:]),
        "longer": text(data[:16] + (2**40).to_bytes(8, "big") + data[24:]),
        "one bit of the MAC": text(data[:-1] + bytes([data[-1] ^ 1])),
        "no MAC": text(data[:24]),
        "a shorter MAC": text(data[:-3]),
        "of another token": sign(job, now, "b").split("/")[2],
        "of no token": sign(job, now, "").split("/")[2],
        "in the standard alphabet": "+" + signed[1:],
        "with a space": signed[:-1] + "%20",
        "with padding": signed[:-1] + "=",
        "not ASCII": signed[:-1] + "%C3%A9",
        "the id of the job": job,
        "empty": "",
        "dots": "..",
        "long": "A" * 5000,
    }


HOSTILE = list(hostile_paths("00000000-0000-4000-8000-000000000001", Settings()))


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_path_that_was_not_signed_is_refused(settings: Settings, job: str, kind: str) -> None:
    path = hostile_paths(job, settings)[kind]

    response = make_client(settings).get(f"/files/{path}/s0.ts")

    assert response.status_code in (403, 404), response.text
    assert FILES["s0.ts"] not in response.data


def test_a_signed_path_ends_with_its_own_token_and_no_other(settings: Settings, job: str) -> None:
    base = listed(make_client(settings), job, headers=TOKEN)["base_path"]

    beside_another = make_client(settings, f"{ENTRY},{OTHER_ENTRY}").get(f"{base}s0.ts")
    without_it = make_client(settings, OTHER_ENTRY).get(f"{base}s0.ts")

    assert (beside_another.status_code, without_it.status_code) == (200, 403)


def test_a_signed_path_opens_no_other_route(settings: Settings, job: str) -> None:
    client = make_client(settings)
    base = listed(client, job, headers=TOKEN)["base_path"]

    for path in (f"{base}../../api/v1/jobs", f"{base}%2e%2e%2fjobs", base, f"{base}s0.ts/x"):
        assert client.get(path).status_code == 404


def test_without_tokens_there_are_no_signed_paths(client: FlaskClient, job: str) -> None:
    signed = sign(job, utc_now(), "a")

    assert client.get(f"{signed}s0.ts").status_code == 404


def test_the_job_describes_its_archive(client: FlaskClient, session: Session, job: str) -> None:
    result = client.get(f"{JOBS}/{job}").get_json()["result"]

    archive = client.get(f"{JOBS}/{job}/result")
    assert result == {
        "filename": "film.zip",
        "bytes": sum(map(len, FILES.values())),
        "sha256": hashlib.sha256(archive.data).hexdigest(),
        "files": 3,
    }
    assert json.dumps(result)
