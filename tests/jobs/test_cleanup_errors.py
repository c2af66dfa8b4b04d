"""A file that cannot be removed, or vanishes during a sweep, does not stop the rest."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.models import Upload
from ffremote.files.storage import Storage
from ffremote.host import locks
from ffremote.host.locks import ProcessLock
from ffremote.jobs import orphans, retention, store
from tests.support.builders import finish_job, queue_job, update_row

HOUR = timedelta(hours=1)


class StuckStorage(Storage):
    """A data directory in which the files of some ids cannot be removed, as on a broken disk."""

    stuck: frozenset[str] = frozenset()

    def discard_job(self, job_id: str) -> None:
        self._refuse(job_id)
        super().discard_job(job_id)

    def discard_upload(self, upload_id: str) -> None:
        self._refuse(upload_id)
        super().discard_upload(upload_id)

    def _refuse(self, identifier: str) -> None:
        if identifier in self.stuck:
            raise PermissionError(13, "Permission denied", identifier)


class VanishingStorage(Storage):
    """A data directory whose listing names a directory that another process removes meanwhile."""

    gone = str(uuid.uuid4())

    def job_ids(self) -> Iterator[str]:
        yield self.gone
        yield from super().job_ids()


@pytest.fixture
def stuck(storage: Storage) -> StuckStorage:
    """The data directory, with ids that cannot be removed in `stuck`."""
    return StuckStorage(storage.root)


def test_a_job_whose_files_cannot_be_removed_does_not_stop_the_others(
    session: Session, storage: Storage, stuck: StuckStorage
) -> None:
    jobs = [finish_job(session, storage, ago=25 * HOUR) for _ in range(3)]
    stuck.stuck = frozenset({jobs[0].id})

    removed = retention.cleanup(session, stuck, ttl=24 * HOUR)
    stuck.stuck = frozenset()
    next_time = retention.cleanup(session, stuck, ttl=24 * HOUR)

    assert sorted(removed.jobs) == sorted(job.id for job in jobs[1:])
    assert next_time.jobs == [jobs[0].id]
    assert store.find(session, jobs[0].id).files_removed_at is not None


def test_an_upload_whose_files_cannot_be_removed_is_swept_later(
    session: Session, storage: Storage, stuck: StuckStorage
) -> None:
    jobs = [queue_job(session, storage) for _ in range(2)]
    uploads = [job.upload_id for job in jobs]
    for job in jobs:
        store.request_cancel(session, job.id)
        update_row(session, Upload, job.upload_id, expires_at=utc_now() - HOUR)
    stuck.stuck = frozenset({uploads[0]})

    removed = retention.cleanup(session, stuck, ttl=timedelta(0))
    swept = orphans.sweep(session, storage)

    assert sorted(removed.uploads) == sorted(uploads)
    assert Path("uploads") / uploads[0] in swept
    assert not storage.upload_dir(uploads[0]).exists()


def test_a_directory_that_vanishes_during_a_sweep_is_no_error(
    session: Session, storage: Storage
) -> None:
    stray = storage.job_dir(str(uuid.uuid4()))
    stray.mkdir()

    swept = orphans.sweep(session, VanishingStorage(storage.root))

    assert list(swept) == [stray.relative_to(storage.root)]


def test_a_file_in_place_of_a_jobs_directory_is_swept(session: Session, storage: Storage) -> None:
    stray = storage.job_dir(str(uuid.uuid4()))
    stray.write_text("no directory")

    orphans.sweep(session, storage)

    assert not stray.exists()


def test_a_lock_taken_after_the_check_is_kept(
    session: Session, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = storage.lock(str(uuid.uuid4()))
    with ProcessLock(lock):
        monkeypatch.setattr(locks, "is_dead", lambda _lock: True)  # what an earlier check found
        swept = orphans.sweep(session, storage)
        monkeypatch.undo()

        assert (list(swept), locks.is_dead(lock)) == ([], False)
