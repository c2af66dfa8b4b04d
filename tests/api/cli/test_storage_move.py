"""`flask storage move`: from the disk to a bucket and back, while jobs are served."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from ffremote.api.app import create_app
from ffremote.api.cli import storage_move
from ffremote.config import Settings
from ffremote.db.models import Job, Upload
from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway
from ffremote.depot.s3.depot import S3Depot
from ffremote.files.storage import Storage
from ffremote.host.locks import ProcessLock
from ffremote.jobs import retention, store
from ffremote.jobs.kept import moving
from tests.support.builders import queue_job, update_row
from tests.support.packages import complete_package
from tests.support.s3_servers import S3Server
from tests.support.worker_steps import RESULT, complete

Move = Callable[..., Result]


@pytest.fixture
def there(
    settings: Settings, seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The app with a bucket, on the same data directory."""
    seaweedfs.log_in(monkeypatch)
    monkeypatch.setattr(storage_move, "GRACE_SECONDS", 0.0)
    url = seaweedfs.url(f"move/{uuid.uuid4().hex}")
    made = create_app(settings.model_copy(update={"storage_url": url}))
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def move(there: Flask) -> Move:
    """Run the command with these options."""
    return lambda *words: there.test_cli_runner().invoke(args=["storage", "move", *words])


@pytest.fixture
def job(session: Session, storage: Storage) -> Job:
    """A completed job whose files are on the disk, and whose upload's row has the right sha256."""
    queued = queue_job(session, storage)
    right_sha(session, storage, queued)
    complete(session, storage)
    return store.find(session, queued.id)


@pytest.fixture
def package(session: Session, storage: Storage) -> Job:
    """The same with several files."""
    queued = queue_job(session, storage)
    right_sha(session, storage, queued)
    complete_package(session, storage)
    return store.find(session, queued.id)


def right_sha(session: Session, storage: Storage, job: Job) -> None:
    """Write the sha256 of the upload, which builders invent, into its row."""
    path = storage.root / keys.upload(str(job.upload_id))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    update_row(session, Upload, str(job.upload_id), sha256=digest)


def named(session: Session, job: Job) -> tuple[str | None, str | None]:
    """Return how the rows name the upload and the result."""
    session.rollback()
    session.expire_all()
    return store.find_upload(session, str(job.upload_id)).object, job.result_object


def served(app: Flask, job: Job) -> bytes:
    """Return the result as clients get it."""
    return app.test_client().get(f"/api/v1/jobs/{job.id}/result").data


def files(storage: Storage) -> list[str]:
    """Return the keys of whole files on the disk."""
    return sorted(each.key for root in keys.ROOTS for each in storage.local.listed(root))


@pytest.mark.slow
def test_files_move_to_the_bucket_and_back_and_are_served_all_the_while(
    there: Flask, move: Move, session: Session, storage: Storage, job: Job, package: Job
) -> None:
    before, archive = files(storage), served(there, package)
    planned = move("--dry-run")
    assert files(storage) == before

    moved = move()

    assert (moved.exit_code, moved.stdout) == (0, planned.stdout)
    assert files(storage) == []
    for each in (job, package):
        upload, result = named(session, each)
        assert upload == keys.upload(str(each.upload_id))
        assert result is not None
    assert (served(there, job), served(there, package)) == (RESULT, archive)
    session.rollback()  # or it keeps the write lock of SQLite
    back = move("--back")
    assert (back.stderr, back.exit_code) == ("moved: 4 uploads and results, 0.0 MiB\n", 0)
    assert (named(session, job), files(storage)) == ((None, None), before)
    assert (served(there, job), served(there, package)) == (RESULT, archive)


def test_a_move_that_was_stopped_goes_on(
    move: Move,
    session: Session,
    storage: Storage,
    job: Job,
    package: Job,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep, count = S3Depot.keep, iter(range(9))

    def fail_later(*args: Any, **others: Any) -> Any:
        if next(count) == 3:
            raise DepotAway("The object store does not answer.")
        return keep(*args, **others)

    with monkeypatch.context() as patched:
        patched.setattr(S3Depot, "keep", fail_later)
        stopped = move()
    again = move()

    assert stopped.exit_code == 1
    assert "run the command again, it goes on" in stopped.stderr
    assert (again.exit_code, files(storage)) == (0, [])
    done = len(stopped.stdout.splitlines()) + len(again.stdout.splitlines())
    assert done == 4
    assert None not in (*named(session, job), *named(session, package))


def test_a_file_that_cannot_be_moved_is_named_and_left(
    there: Flask, move: Move, session: Session, storage: Storage, job: Job, package: Job
) -> None:
    spoiled = storage.root / keys.result(job.id, str(job.result_token))
    spoiled.write_bytes(b"other")
    (storage.root / keys.upload(str(package.upload_id))).unlink()

    moved = move()

    assert moved.exit_code == 1
    assert f"job {job.id} stays: {keys.result(job.id, str(job.result_token))} has other" in (
        moved.stderr
    )
    assert f"upload {package.upload_id} stays:" in moved.stderr
    assert "not on this host's disk" in moved.stderr
    assert "2 not moved" in moved.stderr
    assert named(session, job) == (keys.upload(str(job.upload_id)), None)
    assert spoiled.read_bytes() == b"other"


def test_what_reads_back_wrong_is_not_named_by_its_row(
    there: Flask,
    move: Move,
    session: Session,
    storage: Storage,
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(moving, "_sha256", lambda depot, file: "0" * 64)

    moved = move()

    assert "reads back with other bytes" in moved.stderr
    assert named(session, job) == (None, None)
    assert served(there, job) == RESULT
    depot = there.extensions["ffremote"].storage.depot
    assert list(depot.listed("jobs")) == []


def test_a_result_that_expires_during_its_move_leaves_nothing_in_the_bucket(
    there: Flask,
    move: Move,
    session: Session,
    storage: Storage,
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep = S3Depot.keep

    def expire_first(depot: S3Depot, path: Any, key: str, **others: Any) -> Any:
        kept = keep(depot, path, key, **others)
        if key.startswith("jobs/"):
            retention.expire_jobs(session, storage, ttl=timedelta(0))
        return kept

    monkeypatch.setattr(S3Depot, "keep", expire_first)

    moved = move()

    assert moved.exit_code == 0
    depot = there.extensions["ffremote"].storage.depot
    assert list(depot.listed("jobs")) == []
    assert store.find(session, job.id).result_object is None


def test_what_a_killed_move_left_here_goes_with_the_next_one(
    move: Move, session: Session, storage: Storage, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(moving, "remove", lambda depot, unit: None)
        move()
    left = files(storage)
    (storage.cache / f"{moving.SCRATCH}x").mkdir()

    again = move()

    assert (len(left), files(storage), again.exit_code) == (2, [], 0)
    assert list(storage.cache.glob(f"{moving.SCRATCH}*")) == []


def test_two_moves_at_a_time_and_a_move_without_a_bucket_are_refused(
    app: Flask, move: Move, storage: Storage
) -> None:
    with ProcessLock(storage.run / storage_move.LOCK):
        second = move()
    nowhere = app.test_cli_runner().invoke(args=["storage", "move"])

    assert (second.exit_code, nowhere.exit_code) == (1, 1)
    assert "another `flask storage move` runs" in second.stderr
    assert "names no bucket" in nowhere.stderr
