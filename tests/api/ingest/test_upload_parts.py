"""Uploads that go to a bucket in parts while they arrive, through any of several servers."""

import hashlib
import io
import json
import random
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, cast

import pytest
from botocore.exceptions import ClientError
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api import upload_completion
from ffremote.api.app import create_app
from ffremote.api.context import KEY, AppContext
from ffremote.api.inflow import local
from ffremote.config import Settings
from ffremote.db.models import UploadState
from ffremote.depot import keys
from ffremote.depot.s3.depot import S3Depot
from ffremote.jobs import kept_orphans, orphans, store
from ffremote.jobs.fleet import upload_parts
from tests.support import s3_servers
from tests.support.matrices import every
from tests.support.multipart import MEDIA
from tests.support.s3_servers import S3Server
from tests.support.tus_requests import PIECE, create, offset_of, patch
from tests.support.waiting import DEADLINE, wait_for

MIB = 1 << 20
PART = 5 * MIB
SIZE = 2 * PART + 3 * MIB + 17
FILM = MEDIA[:600] + random.Random(7).randbytes(SIZE - 600)


@pytest.fixture(params=["seaweedfs", pytest.param("swift", marks=pytest.mark.wide)])
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """A server of S3, whose credentials are in the environment."""
    server: S3Server = request.getfixturevalue(request.param)
    server.log_in(monkeypatch)
    return server


@pytest.fixture
def servers(bucket: S3Server, settings: Settings) -> Iterator[list[FlaskClient]]:
    """Two servers, each with a data directory of its own, on one database and one bucket."""
    url = settings.database_url or f"sqlite:///{settings.data_dir}/ffremote.db"
    changed = {"storage_url": bucket.url(f"parts/{uuid.uuid4().hex}"), "database_url": url}
    with ExitStack() as stack:
        yield [_server(settings, changed, stack, name) for name in ("a", "b")]


def _server(
    settings: Settings, changed: dict[str, Any], stack: ExitStack, name: str
) -> FlaskClient:
    directory = settings.data_dir.with_name(name)
    app = create_app(settings.model_copy(update={**changed, "data_dir": directory}))

    def close() -> None:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()

    stack.callback(close)
    return app.test_client()


def id_of(url: str) -> str:
    return url.rpartition("/")[2]


def context_of(server: FlaskClient) -> AppContext:
    found: AppContext = server.application.extensions[KEY]
    return found


def kept(server: FlaskClient, session: Session, url: str) -> bytes:
    """Return the bytes of a complete upload, which its row says are in the bucket."""
    row = store.find_upload(session, id_of(url))
    assert (row.state, row.object) == (UploadState.COMPLETE, keys.upload(row.id))
    assert row.sha256 == hashlib.sha256(FILM).hexdigest()
    return context_of(server).storage.depot.open(keys.upload(row.id), 0, SIZE).read()


def stored_at(session: Session, url: str, stop: int) -> upload_parts.Stored:
    """Wait until the rows vouch for so many bytes, and no request has the upload."""

    def is_stored() -> bool:
        return upload_parts.find(session, id_of(url)).stop == stop

    wait_for(is_stored)
    return upload_parts.find(session, id_of(url))


def is_complete(session: Session, url: str) -> bool:
    session.expire_all()
    return store.find_upload(session, id_of(url)).state is UploadState.COMPLETE


def refuse_first(
    server: FlaskClient, monkeypatch: pytest.MonkeyPatch, call: str, *, times: int = 1
) -> list[str]:
    """Let the bucket refuse the first calls of a server; return the list of their names."""
    client = context_of(server).storage.depot._bucket.client  # type: ignore[attr-defined]
    ask, refused = getattr(client, call), []

    def refuse(**words: Any) -> Any:
        if len(refused) < times:
            refused.append(call)
            answer = {"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}
            raise ClientError(answer, call)
        return ask(**words)

    monkeypatch.setattr(client, call, refuse)
    return refused


def unfinished(bucket: S3Server, url: str) -> list[str]:
    """Return the keys of what the bucket has of an upload in parts."""
    found = s3_servers.client(bucket).list_multipart_uploads(Bucket="ffremote").get("Uploads", [])
    return [each["Key"] for each in found if id_of(url) in each["Key"]]


def spool_blocks(server: FlaskClient, url: str) -> int:
    """Return the bytes that the file of an upload takes on the disk."""
    path = context_of(server).storage.upload_partial(id_of(url))
    return path.stat().st_blocks * 512


def test_the_pieces_of_an_upload_may_go_to_two_servers_in_turn(
    servers: list[FlaskClient],
    session: Session,
    bucket: S3Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("SETTLE_SECONDS", "WAIT_SECONDS"):
        monkeypatch.setattr(f"ffremote.api.inflow.spool.{name}", DEADLINE)
    url = create(servers[0], SIZE).headers["Location"]
    steps = [0, 3 * MIB, 9 * MIB + 1, 9 * MIB + 2, 12 * MIB, SIZE]

    for number, (start, stop) in enumerate(pairwise(steps)):
        server = servers[number % 2]
        assert offset_of(server, url) == start
        answer = patch(server, url, start, FILM[start:stop])
        assert (answer.status_code, answer.headers.get("Upload-Offset")) == (204, str(stop))

    assert kept(servers[1], session, url) == FILM
    assert not context_of(servers[0]).storage.upload_partial(id_of(url)).exists()
    assert list(upload_parts.find(session, id_of(url)).parts) == []
    assert [each.key for each in context_of(servers[0]).storage.depot.listed("uploads")] == [
        keys.upload(id_of(url))
    ]
    assert unfinished(bucket, url) == []


def test_parts_are_equal_and_the_disk_stays_flat(
    servers: list[FlaskClient], session: Session
) -> None:
    url = create(servers[0], SIZE).headers["Location"]

    patch(servers[0], url, 0, FILM[: 2 * PART + 100])

    stored = stored_at(session, url, 2 * PART + 100)
    assert [part.size for part in stored.parts] == [PART, PART, 100]
    assert [part.number for part in stored.parts] == [1, 2, None]
    assert spool_blocks(servers[0], url) < MIB


def test_another_server_goes_on_behind_the_stored_parts_of_one_that_was_killed(
    servers: list[FlaskClient], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ffremote.api.ingest.parts.sender.IDLE_SECONDS", 1000.0)
    url = create(servers[0], SIZE).headers["Location"]
    patch(servers[0], url, 0, FILM[: PART + MIB])
    stored_at(session, url, PART)
    monkeypatch.setattr(upload_parts, "SILENCE", upload_parts.SILENCE * 0)

    offsets = [offset_of(server, url) for server in servers]
    wrong = patch(servers[1], url, PART + MIB, FILM[PART + MIB :])
    last = patch(servers[1], url, PART, FILM[PART:])

    assert offsets == [PART + MIB, PART]
    assert (wrong.status_code, wrong.json["error"]["details"]["offset"]) == (409, PART)
    assert last.status_code == 204
    assert kept(servers[0], session, url) == FILM


def test_a_request_waits_for_its_turn_while_another_server_receives(
    servers: list[FlaskClient], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ffremote.api.ingest.parts.sender.IDLE_SECONDS", 1000.0)
    monkeypatch.setattr("ffremote.api.inflow.spool.WAIT_SECONDS", 0.2)
    url = create(servers[0], SIZE).headers["Location"]
    patch(servers[0], url, 0, FILM[:MIB])

    answer = patch(servers[1], url, 0, FILM)

    assert answer.status_code == 423
    assert "Another server receives this upload" in answer.json["error"]["message"]


def test_a_server_that_ends_leaves_all_bytes_to_the_others(
    servers: list[FlaskClient], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ffremote.api.ingest.parts.sender.IDLE_SECONDS", 1000.0)
    url = create(servers[0], SIZE).headers["Location"]
    patch(servers[0], url, 0, FILM[: PART + MIB])

    context_of(servers[0]).senders.close(DEADLINE)

    assert offset_of(servers[1], url) == PART + MIB
    assert not upload_parts.is_written(session, id_of(url))


def test_a_piece_that_the_bucket_refuses_once_is_kept_after_all(
    servers: list[FlaskClient], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the client has to send these bytes again, if another server gets its next request."""
    monkeypatch.setattr("ffremote.api.inflow.spool.SETTLE_SECONDS", DEADLINE)
    refused = refuse_first(servers[0], monkeypatch, "put_object")
    url = create(servers[0], SIZE).headers["Location"]
    patch(servers[0], url, 0, FILM[: 3 * MIB])

    offset = offset_of(servers[1], url)

    assert (refused, offset) == (["put_object"], 3 * MIB)


def test_bytes_on_their_way_to_the_bucket_are_not_taken_back(
    servers: list[FlaskClient], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another server, which does not have them, may have told the client an earlier offset."""
    client = context_of(servers[0]).storage.depot._bucket.client  # type: ignore[attr-defined]
    send, may_send = client.upload_part, threading.Event()

    def send_later(**words: Any) -> Any:
        assert may_send.wait(DEADLINE)
        return send(**words)

    monkeypatch.setattr(client, "upload_part", send_later)
    url = create(servers[0], SIZE).headers["Location"]
    patch(servers[0], url, 0, FILM[: PART + MIB])

    early = patch(servers[0], url, 0, FILM[:MIB])
    offset = offset_of(servers[0], url)
    may_send.set()
    last = patch(servers[0], url, offset, FILM[offset:])

    assert (early.status_code, offset, last.status_code) == (423, PART + MIB, 204)
    assert "being stored" in early.json["error"]["message"]
    assert kept(servers[0], session, url) == FILM


class Stalling(io.RawIOBase):
    """The body of a request whose client sends nothing more until `goes_on` is set."""

    def __init__(self, data: bytes, stop: int) -> None:
        super().__init__()
        self._data, self._stop, self._place = data, stop, 0
        self.goes_on = threading.Event()

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._place = offset + (0, self._place, len(self._data))[whence]
        return self._place

    def readinto(self, buffer: Any, /) -> int:
        if self._place == self._stop:
            assert self.goes_on.wait(DEADLINE)
            self._stop = len(self._data)
        block = self._data[self._place : min(self._place + len(buffer), self._stop)]
        buffer[: len(block)] = block
        self._place += len(block)
        return len(block)


@pytest.mark.slow
def test_a_server_whose_client_is_silent_lets_another_go_on(
    servers: list[FlaskClient], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connection may be dead, which it does not know for long."""
    monkeypatch.setattr("ffremote.api.inflow.spool.SETTLE_SECONDS", DEADLINE)
    monkeypatch.setattr(upload_parts, "SILENCE", timedelta(hours=1))
    url = create(servers[0], SIZE).headers["Location"]
    body = Stalling(FILM, PART + MIB)
    headers = {**PIECE, "Upload-Offset": "0", "Content-Length": str(SIZE)}
    with ThreadPoolExecutor(1) as pool:
        silent = pool.submit(
            servers[0].patch, url, input_stream=cast(IO[bytes], body), headers=headers
        )
        wait_for(lambda: silent.done() or upload_parts.find(session, id_of(url)).stop == PART + MIB)
        assert not silent.done(), silent.result().text
        offset = offset_of(servers[1], url)
        last = patch(servers[1], url, offset, FILM[offset:])
        body.goes_on.set()

    assert (offset, last.status_code) == (PART + MIB, 204)
    assert silent.result().status_code in (409, 423)
    assert kept(servers[1], session, url) == FILM


def test_a_server_that_starts_while_the_bucket_is_away_completes_its_uploads_later(
    servers: list[FlaskClient], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their clients may have gone, and no other server has the bytes."""
    monkeypatch.setattr("ffremote.api.upload_completion.RETRY_SECONDS", 0.1)
    url = create(servers[0], len(MEDIA)).headers["Location"]
    context_of(servers[0]).storage.upload_partial(id_of(url)).write_bytes(MEDIA)
    refused = refuse_first(servers[0], monkeypatch, "put_object", times=2)

    upload_completion.complete_all_in_background(servers[0].application)

    wait_for(lambda: is_complete(session, url))
    assert refused == ["put_object"] * 2


@pytest.mark.slow
def test_without_the_state_of_the_hash_the_object_is_read_once_more(
    servers: list[FlaskClient], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ffremote.host.portable_sha256._library", lambda: None)
    url = create(servers[0], SIZE, sha256=hashlib.sha256(FILM).hexdigest()).headers["Location"]
    patch(servers[0], url, 0, FILM[:PART])
    stored = stored_at(session, url, PART)

    answer = patch(servers[1], url, PART, FILM[PART:])

    assert stored.parts[0].hash_state is None
    assert answer.status_code == 204
    assert kept(servers[0], session, url) == FILM


@pytest.mark.slow
def test_a_file_with_another_sha256_leaves_nothing_in_the_bucket(
    servers: list[FlaskClient], session: Session
) -> None:
    url = create(servers[0], SIZE, sha256="0" * 64).headers["Location"]

    answer = patch(servers[0], url, 0, FILM)

    assert (answer.status_code, answer.json["error"]["details"]["field"]) == (
        460,
        "Upload-Metadata",
    )
    assert list(context_of(servers[0]).storage.depot.listed("uploads")) == []


@pytest.mark.slow
def test_a_piece_with_a_wrong_checksum_is_not_sent(
    servers: list[FlaskClient], session: Session
) -> None:
    url = create(servers[0], SIZE).headers["Location"]
    wrong = "sha1 " + "A" * 27 + "="

    refused = patch(servers[0], url, 0, FILM[: 2 * PART], **{"Upload-Checksum": wrong})
    answer = patch(servers[1], url, 0, FILM)

    assert (refused.status_code, answer.status_code) == (460, 204)
    assert kept(servers[0], session, url) == FILM


def test_removing_an_upload_removes_its_parts(
    servers: list[FlaskClient], session: Session, bucket: S3Server
) -> None:
    url = create(servers[0], SIZE).headers["Location"]
    patch(servers[0], url, 0, FILM[: PART + 1])
    stored_at(session, url, PART + 1)

    servers[1].delete(url, headers={"Tus-Resumable": "1.0.0"})

    depot = context_of(servers[0]).storage.depot
    assert isinstance(depot, S3Depot)
    assert list(depot.listed("uploads")) == []
    assert unfinished(bucket, url) == []


def test_parts_that_the_bucket_has_lost_are_sent_again(
    servers: list[FlaskClient], session: Session, bucket: S3Server
) -> None:
    url = create(servers[0], SIZE).headers["Location"]
    patch(servers[0], url, 0, FILM[:PART])
    stored = stored_at(session, url, PART)
    for key in unfinished(bucket, url):
        s3_servers.client(bucket).abort_multipart_upload(
            Bucket="ffremote", Key=key, UploadId=stored.multipart
        )

    refused = patch(servers[0], url, PART, FILM[PART:])
    offset = offset_of(servers[0], url)
    answer = patch(servers[0], url, 0, FILM)

    assert (refused.status_code, offset, answer.status_code) == (503, 0, 204)
    assert "send it again from its first byte" in refused.json["error"]["message"]
    assert kept(servers[1], session, url) == FILM


@pytest.mark.slow
def test_sweeps_leave_an_upload_that_arrives_and_take_what_it_left_elsewhere(
    servers: list[FlaskClient],
    session: Session,
    bucket: S3Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = create(servers[0], SIZE).headers["Location"]
    patch(servers[0], url, 0, FILM[: PART + 1])
    stored_at(session, url, PART + 1)
    patch(servers[1], url, PART + 1, FILM[PART + 1 : PART + 2])
    stored = stored_at(session, url, PART + 2)
    storages = [context_of(server).storage for server in servers]
    stray = keys.piece(id_of(url), uuid.uuid4().hex)
    in_parts = storages[0].depot.in_parts(SIZE)
    assert in_parts is not None
    in_parts.keep_piece(stray, (storages[1].upload_partial(id_of(url)), PART, PART + 2))
    for module in ("kept_orphans", "orphans"):
        monkeypatch.setattr(f"ffremote.jobs.{module}.QUIET_SECONDS", -10)
    monkeypatch.setattr("ffremote.jobs.kept_orphans.LEFTOVER_SECONDS", -10)

    swept = [kept_orphans.sweep(session, storages[0])]
    swept += [orphans.sweep(session, storage) for storage in storages]
    answer = patch(servers[0], url, PART + 2, FILM[PART + 2 :])

    assert swept == [[stray], [Path("uploads", id_of(url))], []]
    assert len(stored.pieces) == 2
    assert answer.status_code == 204
    assert kept(servers[0], session, url) == FILM


@pytest.mark.slow
def test_nothing_is_lost_while_the_bucket_hangs(
    servers: list[FlaskClient],
    session: Session,
    bucket: S3Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ffremote.depot.s3.bucket.READ_SECONDS", 1)
    monkeypatch.setattr("ffremote.depot.s3.bucket.ATTEMPTS", 1)
    monkeypatch.setattr("ffremote.api.upload_completion.RETRY_SECONDS", 0.1)
    url = create(servers[0], SIZE).headers["Location"]
    patch(servers[0], url, 0, FILM[: PART + 5])
    stored_at(session, url, PART + 5)

    with bucket.frozen():
        refused = patch(servers[0], url, PART + 5, FILM[PART + 5 :])
        asked = servers[0].get(url)

    assert (refused.status_code, asked.status_code) == (503, 503)
    assert "The object store does not answer" in refused.json["error"]["message"]
    assert "on their way to the object store" in asked.json["error"]["message"]
    wait_for(lambda: is_complete(session, url))
    assert offset_of(servers[0], url) == SIZE
    assert kept(servers[1], session, url) == FILM


@pytest.mark.parametrize("code", every(2, ["EntityTooSmall", "SlowDown"]))
def test_an_upload_goes_on_after_the_bucket_refused_it(
    servers: list[FlaskClient], session: Session, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    refusal = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    errors = iter([ClientError(refusal, "CompleteMultipartUpload")])
    client = context_of(servers[0]).storage.depot._bucket.client  # type: ignore[attr-defined]
    complete = client.complete_multipart_upload

    def refuse_once(**words: Any) -> Any:
        if exc := next(errors, None):
            raise exc
        return complete(**words)

    monkeypatch.setattr(client, "complete_multipart_upload", refuse_once)
    monkeypatch.setattr("ffremote.api.upload_completion.RETRY_SECONDS", 0.1)
    url = create(servers[0], SIZE).headers["Location"]

    refused = patch(servers[0], url, 0, FILM)

    assert refused.status_code == 503
    if code == "EntityTooSmall":
        assert "it wants larger parts: set part=" in refused.json["error"]["message"]
        assert offset_of(servers[0], url) == 0
        patch(servers[0], url, 0, FILM)

    wait_for(lambda: is_complete(session, url))
    assert kept(servers[1], session, url) == FILM


def test_no_job_begins_while_its_input_is_on_its_way_to_a_bucket(
    servers: list[FlaskClient], session: Session
) -> None:
    """Its worker may be on another host, and the spool has holes."""
    job = json.dumps({"output_filename": "out.mp4"})
    created = create(servers[0], SIZE, job=job)
    upload_id, job_id = created.json["upload_id"], created.json["job_id"]
    context = context_of(servers[0])

    patch(servers[0], created.headers["Location"], 0, FILM[:PART])
    with servers[0].application.app_context():
        early = local.early_start(context, upload_id)
    during = servers[1].get(f"/api/v1/jobs/{job_id}/status").json
    patch(servers[1], created.headers["Location"], PART, FILM[PART:])
    after = servers[0].get(f"/api/v1/jobs/{job_id}/status").json

    assert early is None
    assert (during["phase"], during["upload"]["bytes_received"]) == ("uploading", PART)
    assert (after["phase"], after["queue_position"]) == ("queued", 1)
    live = servers[0].get(f"/api/v1/jobs/{job_id}/result")
    assert (live.status_code, live.json["error"]["code"]) == (409, "JOB_NOT_READY")


@pytest.mark.slow
def test_a_small_upload_may_go_over_two_servers_too(
    servers: list[FlaskClient], session: Session
) -> None:
    url = create(servers[0], len(MEDIA), sha256=hashlib.sha256(MEDIA).hexdigest()).headers[
        "Location"
    ]
    patch(servers[0], url, 0, MEDIA[:1000])
    stored = stored_at(session, url, 1000)

    answer = patch(servers[1], url, 1000, MEDIA[1000:])

    depot = context_of(servers[0]).storage.depot
    assert (answer.status_code, stored.multipart) == (204, None)
    assert depot.open(keys.upload(id_of(url)), 0, len(MEDIA)).read() == MEDIA
    assert [each.key for each in depot.listed("uploads")] == [keys.upload(id_of(url))]
