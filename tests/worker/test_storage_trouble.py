"""A job whose files cannot be used is released, not failed, and no worker is taken for dead."""

import errno
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db.models import Job
from ffremote.depot.local import LocalDepot
from ffremote.depot.protocol import FileLost
from ffremote.files.storage import Storage
from ffremote.host.locks import ProcessLock
from ffremote.host.place import place_of
from ffremote.jobs import store
from ffremote.ledger.values import Claim
from ffremote.registry.rescuer import Rescuer
from ffremote.states import FailureReason, JobState
from ffremote_worker import runner
from ffremote_worker.context import WorkerContext
from ffremote_worker.storage_watch import MAX_RELEASES, StorageWatch
from tests.support.builders import claim_job, queue_job, register_worker
from tests.support.kept_files import upload_path


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with the database outside the data directory, as PostgreSQL is."""
    database = settings.data_dir / "ffremote.db"
    database.rename(tmp_path / "ffremote.db")
    url = f"sqlite:///{tmp_path / 'ffremote.db'}"
    return settings.model_copy(update={"database_url": url})


@pytest.fixture
def context(settings: Settings, storage: Storage) -> WorkerContext:
    return WorkerContext.open(settings, sandbox="off")


@pytest.fixture
def watch(storage: Storage) -> StorageWatch:
    return StorageWatch(storage, min_free_bytes=0)


@pytest.fixture
def unmount(storage: Storage) -> Iterator[Callable[[], None]]:
    """Take the data directory away, once; it is back at the end."""
    away = storage.root.with_name("away")

    def take() -> None:
        storage.root.rename(away)

    yield take
    if away.exists():
        away.rename(storage.root)


def run_next(context: WorkerContext, session: Session, watch: StorageWatch) -> Job:
    """Claim the next job, run it, and return its row."""
    claim = claim_job(session)
    return run(context, session, watch, claim)


def run(context: WorkerContext, session: Session, watch: StorageWatch, claim: Claim) -> Job:
    runner.run(context, claim, watch=watch, wake_fd=-1, must_stop=bool)
    return store.find(session, claim.job_id)


def test_a_job_is_released_while_the_data_directory_is_away_and_none_is_claimed(
    context: WorkerContext,
    session: Session,
    storage: Storage,
    watch: StorageWatch,
    unmount: Callable[[], None],
) -> None:
    queue_job(session, storage)
    claim = claim_job(session)
    assert watch.is_usable()

    unmount()
    row = run(context, session, watch, claim)

    assert (row.state, row.attempt, row.losses) == (JobState.QUEUED, 0, 0)
    assert row.message == (
        "Its worker could not use its files (No such file or directory); it is queued again."
    )
    assert not watch.is_usable()


def test_a_data_directory_that_is_back_is_used_again(
    storage: Storage, watch: StorageWatch, unmount: Callable[[], None]
) -> None:
    unmount()
    away = watch.is_usable()
    storage.root.with_name("away").rename(storage.root)

    assert (away, watch.is_usable()) == (False, True)


@pytest.mark.parametrize("number", [errno.EIO, pytest.param(errno.ESTALE, marks=pytest.mark.wide)])
def test_a_job_is_released_when_its_disk_reports_errors(
    context: WorkerContext,
    session: Session,
    storage: Storage,
    watch: StorageWatch,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    def fail(*_: object) -> Path:
        raise OSError(number, "an error of the disk", "/a/path")

    queue_job(session, storage)
    monkeypatch.setattr(Storage, "open_attempt", fail)

    row = run_next(context, session, watch)

    assert (row.state, row.attempt, row.losses) == (JobState.QUEUED, 0, 0)
    assert "/a/path" not in str(row.message)


def test_a_job_whose_input_is_nowhere_fails_after_some_releases(
    context: WorkerContext, session: Session, storage: Storage, watch: StorageWatch
) -> None:
    """The data directory is there, and its other jobs go on."""
    job = queue_job(session, storage)
    upload_path(storage, str(job.upload_id)).unlink()

    states = [run_next(context, session, watch).state for _ in range(MAX_RELEASES + 1)]

    assert states == [JobState.QUEUED] * MAX_RELEASES + [JobState.FAILED]
    row = store.find(session, job.id)
    assert (row.error_reason, row.error_message) == (
        FailureReason.INPUT_LOST,
        "The file of input, which was received completely, is no longer there.",
    )
    assert watch.is_usable()


def test_a_job_fails_at_once_when_the_depot_says_that_an_input_is_lost(
    context: WorkerContext,
    session: Session,
    storage: Storage,
    watch: StorageWatch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise FileLost

    job = queue_job(session, storage)
    monkeypatch.setattr(LocalDepot, "fetch", fail)

    row = run_next(context, session, watch)

    assert (row.id, row.state, row.error_reason) == (job.id, "failed", FailureReason.INPUT_LOST)
    assert watch.is_usable()


def test_no_holder_is_dead_because_the_data_directory_is_away(
    session: Session, storage: Storage, unmount: Callable[[], None]
) -> None:
    holder = str(uuid.uuid4())
    worker_id = register_worker(session, boot_id=place_of(storage.run))
    queue_job(session, storage)
    claim_job(session, worker_id=worker_id, holder=holder)
    rescuer = Rescuer(storage, 30.0)

    with ProcessLock(storage.lock(holder)):
        unmount()
        rescued = rescuer.rescue_lost(session)

    assert rescued == []
