"""Jobs: status and lists."""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from ffremote.jobs import claims
from ffremote.states import Phase
from tests.support.api_jobs import JOBS, error_code, submit
from tests.support.multipart import MEDIA
from tests.support.tus_requests import begin, patch
from tests.support.worker_steps import RESULT, claim, complete

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_a_queued_job_has_its_position(client: FlaskClient) -> None:
    first, second = submit(client), submit(client)
    ahead = submit(client, priority=10)

    status = client.get(f"{JOBS}/{second}/status").json

    assert status == {
        "job_id": second,
        "state": "queued",
        "progress_percent": 0,
        "queue_position": 3,
        "message": "Waits for a worker; none is alive.",
        "created_at": status["created_at"],
        "started_at": None,
        "finished_at": None,
        "phase": "queued",
        "finished": False,
        "attempt": 0,
        "upload": None,
        "eta_seconds": None,
        "speed": None,
        "fps": None,
        "frame": None,
        "out_seconds": None,
        "output_bytes": None,
        "dup_frames": None,
        "drop_frames": None,
    }
    assert client.get(f"{JOBS}/{first}/status").json["queue_position"] == 2
    assert client.get(f"{JOBS}/{ahead}/status").json["queue_position"] == 1


def test_a_running_job_has_its_progress(client: FlaskClient, session: Session) -> None:
    job_id = submit(client)
    taken = claim(session)
    progress = {"eta_seconds": 4.5, "speed": 2.0, "fps": 50.0, "private": "x"}
    claims.report(
        session, taken, claims.ProgressUpdate(Phase.TRANSCODING, 42, progress, "Encoding.")
    )

    status = client.get(f"{JOBS}/{job_id}/status").json

    seen = ("state", "phase", "progress_percent", "message", "eta_seconds", "speed", "attempt")
    assert [status[name] for name in seen] == [
        "running",
        "transcoding",
        42,
        "Encoding.",
        4.5,
        2.0,
        1,
    ]
    assert "private" not in status


def test_the_next_page_of_a_list_follows_the_last(client: FlaskClient) -> None:
    ids = [submit(client, labels={"even": str(n % 2 == 0)}) for n in range(5)]

    first = client.get(f"{JOBS}?limit=2").json
    assert first["next_cursor"], first
    second = client.get(f"{JOBS}?limit=2&cursor={first['next_cursor']}").json
    last = client.get(f"{JOBS}?limit=2&cursor={second['next_cursor']}").json

    pages = [[item["job_id"] for item in page["items"]] for page in (first, second, last)]
    assert pages == [ids[:2:-1], ids[2:0:-1], ids[:1]]
    assert [first["total"], last["total"], last["next_cursor"]] == [5, 5, None]
    labeled = client.get(f"{JOBS}?label=even=True").json
    assert [item["job_id"] for item in labeled["items"]] == ids[::-2]


def test_a_list_has_the_fields_that_a_table_shows(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    whole = submit(client)
    complete(session, storage)
    client.delete(f"{JOBS}/{whole}/result")
    job = json.dumps({"output_filename": "b.mp4", "labels": {"film": "42"}})
    url = begin(client, size=len(MEDIA), filename="film.mov", job=job)
    patch(client, url, 0, MEDIA[:100])

    arriving, done = client.get(JOBS).json["items"]

    assert arriving == {
        "job_id": arriving["job_id"],
        "state": "queued",
        "phase": "uploading",
        "progress_percent": 0,
        "message": None,
        "output_filename": "b.mp4",
        "priority": 0,
        "worker_id": None,
        "created_at": arriving["created_at"],
        "started_at": None,
        "finished_at": None,
        "finished": False,
        "expired_at": None,
        "input_filename": "film.mov",
        "input_bytes": len(MEDIA),
        "result_bytes": None,
        "labels": {"film": "42"},
        "upload": {
            "upload_id": url.rpartition("/")[2],
            "bytes": len(MEDIA),
            "bytes_received": 100,
            "percent": 0,
        },
        "error": None,
    }
    assert done["job_id"] == whole
    assert (done["input_filename"], done["input_bytes"]) == ("in.mp4", len(MEDIA))
    assert (done["result_bytes"], done["upload"], done["error"]) == (len(RESULT), None, None)
    assert done["labels"] == {}
    assert done["started_at"] < done["finished_at"] < done["expired_at"]


def test_a_list_can_be_filtered_by_state(client: FlaskClient) -> None:
    kept, canceled = submit(client), submit(client)
    client.delete(f"{JOBS}/{canceled}")

    def ids(query: str) -> list[str]:
        return [item["job_id"] for item in client.get(f"{JOBS}?{query}").json["items"]]

    assert ids("state=queued") == [kept]
    assert ids("state=canceled") == [canceled]
    assert ids("state=queued&state=canceled") == [canceled, kept]


def test_a_list_is_searched_by_name_and_date(client: FlaskClient) -> None:
    job = submit(client)

    named = client.get(f"{JOBS}?name=IN.mp&created_after=2026-01-01T00:00:00Z").json
    later = client.get(f"{JOBS}?created_after=2999-01-01T00:00:00Z").json

    assert ([item["job_id"] for item in named["items"]], named["total"]) == ([job], None)
    assert (later["items"], later["total"]) == ([], 0)


@pytest.mark.parametrize(
    "query",
    [
        *("state=done", "limit=0", "limit=501", "limit=x", "limit=-1", "cursor=!!", "label=x"),
        *("name=%00", "name=%0A", f"name={'x' * 256}", "created_after=x", "created_before="),
        *("created_after=2026-01-01", "created_after=9999-12-31T23:59:59-23:00"),
    ],
)
def test_a_wrong_query_names_its_field(client: FlaskClient, query: str) -> None:
    response = client.get(f"{JOBS}?{query}")

    assert error_code(response) == (400, "INVALID_ARGUMENT")
    assert response.json["error"]["details"]["field"] == query.partition("=")[0]
