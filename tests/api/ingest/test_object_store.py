"""Uploads that end up in a bucket, and those that were complete before it was set."""

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api import upload_completion
from ffremote.api.context import KEY
from ffremote.config import Settings
from ffremote.db.models import UploadState
from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway
from ffremote.depot.s3.depot import S3Depot
from ffremote.files.storage import Storage
from ffremote.jobs import queries, store
from tests.support.api_jobs import JOBS, error_code
from tests.support.kept_files import upload_path
from tests.support.multipart import MEDIA, file_part, form, job_part
from tests.support.s3_servers import S3Server
from tests.support.tus_requests import create, offset_of, patch
from tests.support.waiting import wait_for


@pytest.fixture
def settings(settings: Settings, seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a bucket, whose credentials are in the environment."""
    seaweedfs.log_in(monkeypatch)
    url = seaweedfs.url(f"ingest/{uuid.uuid4().hex}")
    return settings.model_copy(update={"storage_url": url})


def id_of(url: str) -> str:
    return url.rpartition("/")[2]


def test_the_last_byte_sends_an_upload_to_the_bucket(
    client: FlaskClient, storage: Storage, session: Session
) -> None:
    url = create(client).headers["Location"]

    last = patch(client, url, 0, MEDIA)

    upload_id = id_of(url)
    assert (last.status_code, offset_of(client, url)) == (204, len(MEDIA))
    assert store.find_upload(session, upload_id).object == keys.upload(upload_id)
    assert not upload_path(storage, upload_id).exists()
    assert not storage.upload_partial(upload_id).exists()


def test_an_upload_that_the_bucket_did_not_take_is_sent_there_later(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_completion, "RETRY_SECONDS", 0.01)
    keep, answers = S3Depot.keep, iter([DepotAway("away"), DepotAway("away")])

    def refuse_twice(*args: Any, **others: Any) -> Any:
        if error := next(answers, None):
            raise error
        return keep(*args, **others)

    monkeypatch.setattr(S3Depot, "keep", refuse_twice)
    url = create(client).headers["Location"]

    last = patch(client, url, 0, MEDIA)

    def is_complete() -> bool:
        session.rollback()
        session.expire_all()
        return store.find_upload(session, id_of(url)).state is UploadState.COMPLETE

    assert last.status_code == 503
    wait_for(is_complete)


@pytest.mark.parametrize("has_row", [True, False], ids=["complete", "its row was not written"])
def test_an_upload_from_before_the_bucket_stays_on_the_disk(
    client: FlaskClient,
    storage: Storage,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    has_row: bool,
) -> None:
    context = client.application.extensions[KEY]
    url = create(client).headers["Location"]
    with monkeypatch.context() as before:
        before.setattr(context.storage, "depot", context.storage.local)
        if has_row:
            patch(client, url, 0, MEDIA)
        else:
            storage.upload_partial(id_of(url)).rename(upload_path(storage, id_of(url)))
            upload_path(storage, id_of(url)).write_bytes(MEDIA)

    again = patch(client, url, len(MEDIA), b"")

    row = store.find_upload(session, id_of(url))
    assert (again.status_code, row.state, row.object) == (204, UploadState.COMPLETE, None)
    assert upload_path(storage, id_of(url)).read_bytes() == MEDIA


def test_a_form_that_the_bucket_did_not_take_leaves_nothing_and_says_what_to_do(
    client: FlaskClient, storage: Storage, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise DepotAway("The object store does not answer.")

    monkeypatch.setattr(S3Depot, "keep", refuse)

    answer = client.post(JOBS, **form(job_part(), file_part()))

    assert error_code(answer) == (503, "SERVICE_UNAVAILABLE")
    assert "send the form again" in answer.json["error"]["message"]
    assert "Retry-After" in answer.headers
    assert (list(storage.upload_ids()), queries.count_queued(session)) == ([], 0)
