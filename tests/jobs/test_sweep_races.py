"""A sweep whose clock was stepped removes no file that has a row or is about to get one."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db import database
from ffremote.db.models import Job
from ffremote.errors import ServiceUnavailable, UploadNotFound
from ffremote.files.storage import Storage
from ffremote.host.directory_lock import holding, holding_if_free
from ffremote.jobs import new_files, orphans, store, submission
from ffremote.jobs.new_rows import ReceivedFile
from tests.support.builders import CONTENT, admit_all, job_request, received_file
from tests.support.kept_files import upload_path


def old_file(storage: Storage) -> ReceivedFile:
    """Store a received file whose times are as old as they seem to a clock that is ahead."""
    received = received_file(storage)
    directory = storage.upload_dir(received.upload_id)
    for path in (*directory.iterdir(), directory):
        os.utime(path, (0, 0))
    return received


def accept(session: Session, storage: Storage, received: ReceivedFile) -> Job:
    return submission.accept_files(
        session, storage, Settings(), job_request(), [received], admit=admit_all
    )


def test_a_file_whose_row_is_being_stored_is_not_swept(session: Session, storage: Storage) -> None:
    received = old_file(storage)

    with holding(storage.upload_dir(received.upload_id)):
        during = list(orphans.sweep(session, storage))
    after = list(orphans.sweep(session, storage))

    assert (during, after) == ([], [Path("uploads") / received.upload_id])


def test_a_file_whose_form_still_arrives_is_not_swept(session: Session, storage: Storage) -> None:
    with new_files.receiving(storage) as allocate:
        upload_id, path = allocate()
        path.write_bytes(CONTENT)
        for old in (path, path.parent):
            os.utime(old, (0, 0))
        allocate()
        during = list(orphans.sweep(session, storage))
    after = list(orphans.sweep(session, storage))

    assert (during, after) == ([], [])
    assert path.read_bytes() == CONTENT
    assert upload_id in list(storage.upload_ids())


def test_a_row_that_is_stored_after_the_check_keeps_its_file(
    session: Session, engine: Engine, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = old_file(storage)
    jobs: list[str] = []

    def is_quiet(_directory: Path, _now: float) -> bool:
        with database.session_maker(engine)() as other:
            jobs.append(accept(other, storage, received).id)
        return True

    monkeypatch.setattr(orphans, "_is_quiet", is_quiet)
    swept = list(orphans.sweep(session, storage))

    assert (swept, len(jobs)) == ([], 1)
    assert upload_path(storage, received.upload_id).read_bytes() == CONTENT


def test_a_file_that_was_swept_before_its_row_is_not_acknowledged(
    session: Session, storage: Storage
) -> None:
    received = old_file(storage)
    orphans.sweep(session, storage)

    with pytest.raises(ServiceUnavailable, match="send it again"):
        accept(session, storage, received)

    with pytest.raises(UploadNotFound):
        store.find_upload(session, received.upload_id)


def test_a_directory_has_one_holder(tmp_path: Path) -> None:
    with holding(tmp_path), holding_if_free(tmp_path) as second:
        assert not second
    with holding_if_free(tmp_path) as first:
        assert first


def test_a_missing_directory_cannot_be_held(tmp_path: Path) -> None:
    with holding_if_free(tmp_path / "gone") as held:
        assert not held
    with pytest.raises(FileNotFoundError), holding(tmp_path / "gone"):
        pass
