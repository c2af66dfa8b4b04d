"""A sweep whose clock was stepped takes no file that has a row, or is about to get one."""

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
from ffremote.jobs import orphans, store, submission

ORDER = submission.JobRequest(spec="{}", output_filename="a.mp4")


def arrive(storage: Storage) -> submission.ReceivedFile:
    """Let a file arrive that looks as old as files do to a clock that is ahead."""
    upload_id, partial = submission.new_upload(storage)
    partial.write_bytes(b"\x00film")
    for path in (partial, partial.parent):
        os.utime(path, (0, 0))
    return submission.ReceivedFile(upload_id, "film.mp4", 5, "cd")


def accept(session: Session, storage: Storage, arrival: submission.ReceivedFile) -> Job:
    return submission.accept_file(session, storage, Settings(), ORDER, arrival)


def test_a_file_whose_row_is_being_stored_is_not_swept(session: Session, storage: Storage) -> None:
    arrival = arrive(storage)

    with holding(storage.upload_dir(arrival.upload_id)):
        during = list(orphans.sweep(session, storage))
    after = list(orphans.sweep(session, storage))

    assert (during, after) == ([], [Path("uploads") / arrival.upload_id])


def test_a_row_that_is_stored_after_the_look_keeps_its_file(
    session: Session, engine: Engine, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrival = arrive(storage)
    jobs: list[str] = []

    def is_quiet(_directory: Path, _now: float) -> bool:
        with database.session_maker(engine)() as other:
            jobs.append(accept(other, storage, arrival).id)
        return True

    monkeypatch.setattr(orphans, "_is_quiet", is_quiet)
    swept = list(orphans.sweep(session, storage))

    assert (swept, len(jobs)) == ([], 1)
    assert storage.upload_data(arrival.upload_id).read_bytes() == b"\x00film"


def test_a_file_that_was_swept_before_its_row_is_not_acknowledged(
    session: Session, storage: Storage
) -> None:
    arrival = arrive(storage)
    orphans.sweep(session, storage)

    with pytest.raises(ServiceUnavailable, match="send it again"):
        accept(session, storage, arrival)

    with pytest.raises(UploadNotFound):
        store.find_upload(session, arrival.upload_id)


def test_a_directory_is_held_by_one(tmp_path: Path) -> None:
    with holding(tmp_path), holding_if_free(tmp_path) as second:
        assert not second
    with holding_if_free(tmp_path) as first:
        assert first


def test_what_is_gone_is_held_by_nobody(tmp_path: Path) -> None:
    with holding_if_free(tmp_path / "gone") as held:
        assert not held
    with pytest.raises(FileNotFoundError), holding(tmp_path / "gone"):
        pass
