"""The bytes of an arriving upload that stay."""

import uuid
from pathlib import Path

import pytest

from ffremote.files.arriving.spool import Spool, mark_unverified, unmark
from ffremote.files.storage import Storage


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    made = Storage(tmp_path)
    made.prepare()
    return made


def test_bytes_are_ready_once_they_were_verified(storage: Storage) -> None:
    upload_id = str(uuid.uuid4())
    partial = storage.start_upload(upload_id)
    partial.write_bytes(b"0123")

    with Spool(storage, upload_id, 10) as spool:
        seen = [spool.ready()]
        mark_unverified(partial, 4)
        partial.write_bytes(b"0123abcd")
        seen.append(spool.ready())
        unmark(partial)
        seen.append(spool.ready())

    assert seen == [4, 4, 8]


def test_an_open_spool_outlives_the_end_of_its_upload(storage: Storage) -> None:
    upload_id = str(uuid.uuid4())
    storage.start_upload(upload_id).write_bytes(b"0123")

    with Spool(storage, upload_id, 4) as early:
        storage.finish_upload(upload_id, sha256="ab" * 32)
        with Spool(storage, upload_id, 4) as late:
            assert (early.ready(), late.ready()) == (4, 4)


def test_an_upload_elsewhere_is_not_found(storage: Storage) -> None:
    with pytest.raises(FileNotFoundError):
        Spool(storage, str(uuid.uuid4()), 4)
