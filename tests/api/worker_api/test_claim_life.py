"""A job's way through a worker over HTTP; every call may be repeated."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from ffremote.jobs import store
from ffremote.states import JobState
from tests.support.both_databases import database_url, template
from tests.support.builders import CONTENT, queue_job
from tests.support.http_worker import BEAT, END, FAILED, PLAN, HttpWorker, sent

__all__ = ["database_url", "template"]
JOBS = "/api/v1/jobs"
RESULT = b"result of a remote worker"


def twice(call: Any) -> tuple[int, int]:
    """Make a call and repeat it, as after an answer that was lost; return both statuses."""
    return call().status_code, call().status_code


def test_a_job_runs_from_claim_to_result_and_every_call_may_be_repeated(
    worker: HttpWorker, client: FlaskClient, session: Session, storage: Storage
) -> None:
    job = queue_job(session, storage)

    claimed = worker.claim(token="ab" * 16)
    again = worker.claim(token="ab" * 16)
    assert claimed.get_json() == again.get_json()
    assert claimed.get_json()["job_id"] == job.id
    assert worker.get("/inputs/0").data == CONTENT
    assert worker.get("/inputs/0", Range="bytes=1-3").data == CONTENT[1:4]
    assert worker.get("/inputs/1").status_code == 404
    assert twice(lambda: worker.post("describe", PLAN)) == (204, 204)
    assert twice(lambda: worker.post("beat", BEAT)) == (204, 204)
    assert client.get(f"{JOBS}/{job.id}/status").get_json()["progress_percent"] == 5
    assert twice(lambda: worker.send_log(b"ffmpeg\n")) == (204, 204)
    assert worker.send_log(b"mpeg\nframe 1\n", offset=2).headers["Upload-Offset"] == "15"
    assert client.get(f"{JOBS}/{job.id}/log").data == b"ffmpeg\nframe 1\n"
    assert worker.patch(0, RESULT[:9]).headers["Upload-Offset"] == "9"
    assert worker.offset(0).headers["Upload-Offset"] == "9"
    assert worker.patch(0, RESULT[9:], offset=9).status_code == 204
    assert twice(lambda: worker.publish(sent(RESULT))) == (200, 200)
    assert worker.get().get_json() == {"state": "held"}
    assert twice(lambda: worker.post("complete", END)) == (204, 204)

    shown = client.get(f"{JOBS}/{job.id}").get_json()
    assert (shown["state"], shown["result"]["bytes"]) == ("completed", len(RESULT))
    assert shown["command"] == PLAN["command"]
    assert client.get(f"{JOBS}/{job.id}/result").data == RESULT
    assert worker.get().get_json() == {"state": "completed"}
    names = {path.name.partition(".")[2] for path in storage.job_dir(job.id).iterdir()}
    assert names == {"result", "log"}


def test_several_files_are_published_together(
    worker: HttpWorker, client: FlaskClient, session: Session, storage: Storage
) -> None:
    job = queue_job(session, storage)
    worker.claim()
    files = [sent(b"one", "a.m3u8"), sent(b"second", "b.ts", duration=1.5)]
    worker.patch(0, b"one")
    worker.patch(1, b"second")

    published = worker.publish(*files, is_one=False).get_json()
    ended = worker.post("complete", {"has_results": True, "info": {}})

    listed = client.get(f"{JOBS}/{job.id}/files").get_json()["items"]
    assert (published["bytes"], len(published["crc32s"]), ended.status_code) == (9, 2, 204)
    assert [(each["name"], each["bytes"]) for each in listed] == [("a.m3u8", 3), ("b.ts", 6)]
    assert client.get(f"{JOBS}/{job.id}/files/b.ts").data == b"second"


def test_a_report_needs_no_file(busy: HttpWorker, session: Session) -> None:
    ended = busy.post("complete", {"has_results": False, "info": {"measurements": {}}})

    job = store.find(session, busy.claimed["job_id"])
    assert (ended.status_code, job.state, job.result_bytes) == (204, JobState.COMPLETED, None)


def test_a_job_fails_with_the_words_of_its_worker(
    busy: HttpWorker, client: FlaskClient, storage: Storage
) -> None:
    busy.patch(0, RESULT)

    assert twice(lambda: busy.post("fail", FAILED)) == (204, 204)

    job_id = busy.claimed["job_id"]
    error = client.get(f"{JOBS}/{job_id}/status").get_json()["error"]
    assert (error["message"], error["details"]["reason"]) == ("No such filter.", "bad_filter")
    assert not storage.attempt_dir(job_id, busy.claimed["token"]).exists()


def test_a_released_job_is_queued_again_without_an_attempt(
    busy: HttpWorker, session: Session
) -> None:
    assert twice(lambda: busy.post("release", {"message": "Stopped."})) == (204, 204)

    job = store.find(session, busy.claimed["job_id"])
    assert (job.state, job.attempt, job.losses) == (JobState.QUEUED, 0, 0)
    assert busy.get().get_json() == {"state": "released"}
    assert busy.claim().status_code == 200


def test_a_worker_gets_only_jobs_that_it_can_run(
    worker: HttpWorker, session: Session, storage: Storage
) -> None:
    queue_job(session, storage, needs=frozenset({"libx264"}))

    unable = worker.claim().status_code
    able = worker.claim(able=["libx264"]).status_code

    assert (unable, able) == (204, 200)


@pytest.mark.parametrize(
    "step", [("beat", BEAT), ("describe", PLAN), ("complete", END), ("fail", FAILED)]
)
def test_after_a_cancel_no_call_changes_the_job(
    busy: HttpWorker, client: FlaskClient, session: Session, step: tuple[str, Any]
) -> None:
    job_id = busy.claimed["job_id"]
    client.delete(f"{JOBS}/{job_id}")

    response = busy.post(*step)

    code = response.get_json()["error"]["code"]
    assert (response.status_code, code) == (410, "CLAIM_LOST")
    assert store.find(session, job_id).state is JobState.CANCELED
    assert busy.get("/inputs/0").status_code == 410
    assert busy.patch(0, b"x").status_code == 410


def test_a_drain_is_heard_at_the_next_beat(worker: HttpWorker, client: FlaskClient) -> None:
    def beat(state: str | None = None) -> Any:
        url = f"/worker/v1/workers/{worker.id}/beat"
        return client.post(url, json={"state": state}, headers=worker.headers).get_json()

    before = beat()
    client.post(f"/api/v1/workers/{worker.id}/drain")

    assert (before, beat("draining")) == ({"drain": False}, {"drain": True})
    listed = client.get("/api/v1/workers").get_json()["items"]
    assert [(each["host"], each["state"]) for each in listed] == [("box", "draining")]


def test_two_workers_of_one_token_have_a_job_each(
    worker: HttpWorker, client: FlaskClient, session: Session, storage: Storage
) -> None:
    other = HttpWorker(client, worker.headers["Authorization"].removeprefix("Bearer "))
    jobs = {queue_job(session, storage).id for _ in range(2)}
    other.register()

    claims = [each.claim().status_code for each in (worker, other)]
    tokens = [each.claimed["token"] for each in (worker, other)]
    ends = [each.post("fail", FAILED).status_code for each in (worker, other)]

    assert (claims, ends) == ([200, 200], [204, 204])
    assert len(set(tokens)) == 2
    assert {store.find(session, each).state for each in jobs} == {JobState.FAILED}
