"""A worker that lies: it may spoil its own job, and nothing else."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from ffremote.jobs import store
from ffremote.ledger.wire import LARGE_BODY_BYTES, LOG_PIECE_BYTES, MAX_LOG_BYTES
from ffremote.states import JobState
from tests.support.builders import queue_job
from tests.support.http_worker import API, BEAT, CAPABILITIES, END, FAILED, PLAN, HttpWorker, sent

RESULT = b"a result"
DEEP = json.loads("[" * 40 + "]" * 40)


@pytest.mark.parametrize(
    ("file", "field"),
    [
        (sent(RESULT, sha256="0" * 64), "files[0].sha256"),
        (sent(RESULT + b"more"), "files[0].bytes"),
        (sent(RESULT[:-1]), "files[0].bytes"),
    ],
)
@pytest.mark.parametrize("is_one", [True, False])
def test_a_result_that_is_not_what_was_announced_is_not_published(
    busy: HttpWorker, storage: Storage, file: dict[str, Any], field: str, is_one: bool
) -> None:
    busy.patch(0, RESULT)

    refused = busy.publish(file, is_one=is_one)

    assert (refused.status_code, refused.get_json()["error"]["details"]["field"]) == (400, field)
    assert busy.post("complete", END).status_code == 409
    assert not list(storage.job_dir(busy.claimed["job_id"]).glob("*.result"))
    size = int(busy.offset(0).headers["Upload-Offset"])  # what was wrong is gone, the rest is kept
    assert busy.patch(0, RESULT[size:], offset=size).status_code == 204
    assert busy.publish(sent(RESULT), is_one=is_one).status_code == 200


def test_a_result_that_went_to_another_server_says_what_the_proxy_must_do(busy: HttpWorker) -> None:
    published, ended = busy.publish(sent(RESULT)), busy.post("complete", END)

    assert (published.status_code, ended.status_code) == (400, 409)
    for response in (published, ended):
        message = response.json and response.json["error"]["message"]
        assert "the proxy must send all calls of a claim to one of them" in str(message)


def test_a_result_that_is_published_takes_no_more_bytes(busy: HttpWorker) -> None:
    busy.patch(0, RESULT)
    busy.publish(sent(RESULT))

    refused = busy.patch(0, b"other bytes")

    assert refused.status_code == 409
    assert busy.post("complete", END).status_code == 204


@pytest.mark.parametrize(
    "name", ["../x.mp4", "/etc/x", "a/b.mp4", "..", "", "a\0.mp4", "x" * 300, "a\nb.mp4"]
)
def test_a_name_with_a_separator_is_refused(busy: HttpWorker, name: str) -> None:
    busy.patch(0, RESULT)

    assert busy.publish(sent(RESULT, name), is_one=False).status_code == 400


def test_two_files_of_one_name_are_refused(busy: HttpWorker) -> None:
    busy.patch(0, RESULT)
    busy.patch(1, RESULT)

    refused = busy.publish(sent(RESULT, "a.ts"), sent(RESULT, "A.ts"), is_one=False)

    assert refused.status_code == 400
    assert "Two files" in refused.get_json()["error"]["message"]


@pytest.mark.parametrize("offset", ["-1", "x", "", "9" * 30, "5"])
def test_bytes_at_a_wrong_offset_are_refused(busy: HttpWorker, offset: str) -> None:
    headers = busy.headers | {"Upload-Offset": offset}

    response = busy.client.patch(f"{busy.path}/results/0", data=b"x", headers=headers)

    assert response.status_code in (400, 409, 413)


@pytest.mark.parametrize("number", ["20000", "-1", "1e3", "..", "0/..", "%2e%2e", "9" * 400])
def test_there_is_no_result_of_such_a_number(busy: HttpWorker, number: str) -> None:
    headers = busy.headers | {"Upload-Offset": "0"}

    response = busy.client.patch(f"{busy.path}/results/{number}", data=b"x", headers=headers)

    assert response.status_code in (404, 405)


@pytest.mark.parametrize(
    ("step", "body", "field"),
    [
        ("beat", BEAT | {"percent": 100}, "percent"),
        ("beat", BEAT | {"percent": -1}, "percent"),
        ("beat", BEAT | {"phase": "x" * 99}, "phase"),
        ("beat", BEAT | {"message": "x" * 5000}, "message"),
        ("beat", BEAT | {"progress": {"fps": "fast"}}, "progress.fps"),
        ("beat", BEAT | {"progress": {"html": "<b>"}}, "progress.html"),
        ("beat", BEAT | {"message": "a\0b"}, "body"),
        ("beat", BEAT | {"message": "\ud800"}, "body"),
        ("beat", [], "body"),
        ("describe", PLAN | {"info": {"sha256": "0" * 64}}, "info.sha256"),
        ("describe", PLAN | {"info": {"inputs": [{"upload_id": "x"}]}}, "info.upload_id"),
        ("describe", PLAN | {"info": {"inputs": "x"}}, "info.inputs"),
        ("describe", PLAN | {"info": {"deep": DEEP}}, "body"),
        ("describe", PLAN | {"warnings": ["x"] * 1001}, "warnings"),
        ("complete", {"has_results": False, "info": {"files": 3}}, "info.files"),
        ("complete", {"has_results": False, "info": {"duration": "long"}}, "info.duration"),
        ("complete", {"has_results": False, "info": {"n": 1 << 70}}, "body"),
        ("fail", FAILED | {"reason": "revenge"}, "reason"),
        ("fail", FAILED | {"stderr_tail": ["x" * 4001]}, "stderr_tail.0"),
        ("fail", FAILED | {"message": ""}, "message"),
        ("results", {"files": [], "is_one": True}, "files"),
    ],
)
def test_a_body_that_is_too_much_is_refused_by_its_field(
    busy: HttpWorker, session: Session, step: str, body: Any, field: str
) -> None:
    response = busy.post(step, body)

    error = response.get_json()["error"]
    assert (response.status_code, error["details"].get("field")) == (400, field), error
    assert store.find(session, busy.claimed["job_id"]).state is JobState.RUNNING


@pytest.mark.parametrize("text", ["", "{", "NaN", '{"percent": NaN}', "[" * 100_000, "\xff"])
def test_what_is_no_json_is_refused(busy: HttpWorker, text: str) -> None:
    url = f"{busy.path}/beat"

    response = busy.client.post(url, data=text.encode("latin-1"), headers=busy.headers)

    assert response.status_code in (400, 413)


@pytest.mark.parametrize(("step", "limit"), [("beat", 64 << 10), ("describe", LARGE_BODY_BYTES)])
def test_a_body_beyond_its_limit_is_not_read(busy: HttpWorker, step: str, limit: int) -> None:
    url, body = f"{busy.path}/{step}", b" " * (limit + 1)

    response = busy.client.post(url, data=body, headers=busy.headers)

    assert response.status_code == 413


def test_a_log_has_a_limit(busy: HttpWorker, storage: Storage) -> None:
    too_large = busy.send_log(b"x" * (LOG_PIECE_BYTES + 1)).status_code
    gap = busy.send_log(b"x", offset=1)
    for offset in range(0, MAX_LOG_BYTES, LOG_PIECE_BYTES):
        assert busy.send_log(b"x" * LOG_PIECE_BYTES, offset=offset).status_code == 204
    beyond = busy.send_log(b"x", offset=MAX_LOG_BYTES).status_code

    log = storage.log(busy.claimed["job_id"], busy.claimed["token"])
    assert (too_large, gap.status_code, beyond) == (413, 409, 413)
    assert log.stat().st_size == MAX_LOG_BYTES


@pytest.mark.parametrize(
    "changes",
    [
        {"capabilities": {}},
        {"capabilities": CAPABILITIES | {"encoders": {"x": {"name": 1}}}},
        {"capabilities": CAPABILITIES | {"filters": [["x"]]}},
        {"capabilities": CAPABILITIES | {"filters": 5}},
        {"capabilities": CAPABILITIES | {"muxers": ["x" * 400]}},
        {"capabilities": CAPABILITIES | {"version": None}},
        {"capabilities": []},
        {"concurrency": 1000},
        {"host": ""},
        {"host": "x" * 300},
        {"pid": 0},
        {"more": 1},
    ],
)
def test_capabilities_that_no_ffmpeg_has_are_refused(
    worker: HttpWorker, client: FlaskClient, changes: dict[str, Any]
) -> None:
    refused = worker.register(**changes)

    assert refused.status_code == 400
    assert client.get("/api/v1/capabilities").status_code == 200


def test_capabilities_of_megabytes_are_not_read(worker: HttpWorker) -> None:
    names = [f"filter{n}" * 10 for n in range(LARGE_BODY_BYTES // 70)]

    assert worker.register(capabilities=CAPABILITIES | {"filters": names}).status_code == 413


@pytest.mark.parametrize("worker_id", ["x", "..", "1" * 40, "%00", "1" * 31 + "/"])
def test_an_id_that_is_none_is_not_registered(worker: HttpWorker, worker_id: str) -> None:
    url = f"{API}/workers/{worker_id}"

    response = worker.client.put(url, json=worker.facts(), headers=worker.headers)

    assert response.status_code in (404, 405)


def test_a_job_claimed_under_a_token_that_another_claim_has_stays_with_the_first(
    busy: HttpWorker, session: Session, storage: Storage
) -> None:
    first = dict(busy.claimed)
    queue_job(session, storage)

    again = busy.claim(token=first["token"])

    assert (again.status_code, again.get_json()) == (200, first)


def test_a_worker_gets_no_more_jobs_than_twice_what_it_runs_at_a_time(
    worker: HttpWorker, session: Session, storage: Storage
) -> None:
    jobs = [queue_job(session, storage) for _ in range(3)]
    statuses = [worker.claim().status_code for _ in jobs]

    refused = worker.claim()

    assert statuses == [200, 200, 429]
    assert refused.headers["Retry-After"]
    assert refused.get_json()["error"]["message"] == (
        "This worker holds 2 jobs, and it said that it runs 1 at a time; it gets another when one "
        "of them ends."
    )
    assert worker.post("fail", FAILED).status_code == 204
    assert worker.claim().status_code == 200
