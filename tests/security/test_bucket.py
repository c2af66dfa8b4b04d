"""Settings, uploads and files that would have a bucket write, serve or read something else."""

import uuid
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.app import create_app
from ffremote.api.context import KEY
from ffremote.config import Settings, load_settings
from ffremote.db.models import Upload
from ffremote.depot import keys
from ffremote.errors import ConfigurationError
from ffremote.files.storage import Storage
from ffremote.jobs import store
from tests.security.bucket_payloads import DOWNLOADS, METADATA, SECRET, STORAGE_URLS
from tests.support.builders import queue_job, update_row
from tests.support.multipart import MEDIA
from tests.support.s3_servers import S3Server
from tests.support.tus_requests import SHA, create, patch

pytestmark = pytest.mark.security


@pytest.fixture
def there(settings: Settings, seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The app with a bucket."""
    seaweedfs.log_in(monkeypatch)
    url = seaweedfs.url(f"hostile/{uuid.uuid4().hex}")
    return create_app(settings.model_copy(update={"storage_url": url}))


def stored(app: Flask) -> list[str]:
    """Return the keys of all objects."""
    depot = app.extensions[KEY].storage.depot
    return [each.key for root in keys.ROOTS for each in depot.listed(root)]


def test_hostile_addresses_of_a_bucket_are_refused_and_not_repeated() -> None:
    for url in STORAGE_URLS:
        with pytest.raises(ConfigurationError) as caught:
            pytest.fail(f"admitted: {load_settings({'FFREMOTE_STORAGE_URL': url}).s3}")
        assert SECRET not in str(caught.value), url
        assert "\r" not in str(caught.value), url


def test_hostile_ways_of_downloads_are_refused() -> None:
    bucket = {"FFREMOTE_STORAGE_URL": "s3://films"}
    for way in DOWNLOADS:
        with pytest.raises(ConfigurationError, match="FFREMOTE_DOWNLOADS"):
            pytest.fail(str(load_settings(bucket | {"FFREMOTE_DOWNLOADS": way}).download_way))


def test_hostile_metadata_changes_no_key_and_no_header(there: Flask) -> None:
    client: FlaskClient = there.test_client()
    wanted = []
    for values in METADATA:
        created = create(client, **values)
        if created.status_code == 400:
            assert "field" in created.json["error"]["details"], values
            continue
        assert created.status_code == 201, values
        url = created.headers["Location"]
        answers = [created, patch(client, url, 0, MEDIA), client.get(url)]
        assert not any("X-Injected" in answer.headers for answer in answers), values
        wanted.append(keys.upload(url.rpartition("/")[2]))

    assert len(wanted) > 5
    assert sorted(stored(there)) == sorted(wanted)


def test_a_link_in_the_place_of_a_file_is_not_moved_to_a_bucket(
    there: Flask, session: Session, storage: Storage, tmp_path: Path
) -> None:
    """Not even one to the bytes that its row names."""
    job = queue_job(session, storage)
    path = storage.root / keys.upload(str(job.upload_id))
    outside = tmp_path / "outside"
    outside.write_bytes(MEDIA)
    size = len(MEDIA)
    update_row(session, Upload, str(job.upload_id), sha256=SHA, bytes_expected=size)
    path.unlink()
    path.symlink_to(outside)

    result = there.test_cli_runner().invoke(args=["storage", "move"])

    assert result.exit_code == 1, result.output
    assert stored(there) == []
    assert store.find_upload(session, str(job.upload_id)).object is None
    assert outside.read_bytes() == MEDIA
