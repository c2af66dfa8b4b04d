"""A worker over HTTP of a server whose whole files are in a bucket: it does not notice."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway
from ffremote.depot.s3.depot import S3Depot
from ffremote.files.opening import open_storage
from ffremote.files.storage import Storage
from ffremote.jobs import store
from tests.support.buckets import in_bucket
from tests.support.builders import CONTENT, queue_job
from tests.support.http_worker import END, HttpWorker, sent
from tests.support.s3_servers import S3Server

JOBS = "/api/v1/jobs"
RESULT = b"result of a remote worker"
LIST, SEGMENT = b"#EXTM3U", b"a segment"


@pytest.fixture
def settings(settings: Settings, seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a bucket, whose credentials are in the environment."""
    return in_bucket(settings, seaweedfs, monkeypatch)


@pytest.fixture
def storage(settings: Settings) -> Storage:
    """The storage of these settings, as the server has it."""
    made = open_storage(settings)
    made.prepare()
    return made


def away_once(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let a method of the depot fail once, at its end."""
    method, answers = getattr(S3Depot, name), iter([DepotAway("The object store is away.")])

    def fail_first(*args: Any, **others: Any) -> Any:
        if error := next(answers, None):
            raise error
        return method(*args, **others)

    monkeypatch.setattr(S3Depot, name, fail_first)


def test_input_and_result_of_a_job_are_in_the_bucket(
    busy: HttpWorker,
    client: FlaskClient,
    session: Session,
    storage: Storage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id, token = busy.claimed["job_id"], busy.claimed["token"]
    away_once(monkeypatch, "keep")
    ranged = busy.get("/inputs/0", Range="bytes=1-3").data
    busy.patch(0, RESULT)
    answers = [busy.publish(sent(RESULT)).status_code for _ in range(3)]
    ended = busy.post("complete", END).status_code

    assert (ranged, answers, ended) == (CONTENT[1:4], [503, 200, 200], 204)
    row = store.find(session, job_id)
    assert row.result_object == keys.result(job_id, token)
    assert client.get(f"{JOBS}/{job_id}/result").data == RESULT
    assert [path.name for path in storage.job_dir(job_id).glob("*.result")] == []


def test_several_results_are_sent_once_although_the_bucket_was_away(
    busy: HttpWorker, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id, token = busy.claimed["job_id"], busy.claimed["token"]
    away_once(monkeypatch, "keep_all")
    busy.patch(0, LIST)
    busy.patch(1, SEGMENT)
    files = [sent(LIST, "a.m3u8"), sent(SEGMENT, "b.ts")]

    answers = [busy.publish(*files, is_one=False).status_code for _ in range(2)]
    ended = busy.post("complete", {"has_results": True, "info": {}}).status_code

    assert (answers, ended) == ([503, 200], 204)
    assert store.find(session, job_id).result_object == keys.files_folder(job_id, token)
    assert client.get(f"{JOBS}/{job_id}/files/b.ts").data == SEGMENT


def test_an_input_and_a_result_from_before_the_bucket_stay_on_the_disk(
    worker: HttpWorker,
    client: FlaskClient,
    session: Session,
    storage: Storage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue_job(session, Storage(storage.root))
    worker.claim()
    assert worker.get("/inputs/0").data == CONTENT
    worker.patch(0, RESULT)

    with monkeypatch.context() as before:
        before.setattr(client.application.extensions["ffremote"].storage, "depot", storage.local)
        worker.publish(sent(RESULT))
    ended = worker.post("complete", END).status_code

    job_id = worker.claimed["job_id"]
    assert (ended, store.find(session, job_id).result_object) == (204, None)
    assert client.get(f"{JOBS}/{job_id}/result").data == RESULT


def test_the_log_grows_where_every_server_can_read_it(
    busy: HttpWorker, client: FlaskClient, storage: Storage
) -> None:
    url = f"{JOBS}/{busy.claimed['job_id']}/log"
    before = client.get(url)

    answers = [busy.send_log(b"ffmpeg -i x\n"), busy.send_log(b"x\nframe 1\n", offset=10)]
    gap = busy.send_log(b"frame 3", offset=40)

    assert (before.status_code, before.data) == (200, b"")
    assert [answer.headers["Upload-Offset"] for answer in answers] == ["12", "20"]
    assert (gap.status_code, gap.json["error"]["details"]["offset"]) == (409, 20)
    shown = client.get(url, headers={"Range": "bytes=12-"})
    assert (shown.status_code, shown.data, shown.mimetype) == (206, b"frame 1\n", "text/plain")
    assert not list(storage.job_dir(busy.claimed["job_id"]).glob("*.log"))
