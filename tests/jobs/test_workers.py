"""Which workers live: by their lock on our host, by when they were heard of elsewhere."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.models import Worker, WorkerState
from ffremote.files.storage import Storage
from ffremote.host import processes
from ffremote.host.locks import ProcessLock
from ffremote.jobs import workers
from ffremote.jobs.workers import ALIVE, Living

HOUR = timedelta(hours=1)


def register(session: Session, *, boot_id: str, ahead: timedelta = timedelta(0)) -> str:
    worker_id, moment = str(uuid.uuid4()), utc_now() + ahead
    workers.register(
        session,
        Worker(
            id=worker_id,
            state=WorkerState.UP,
            host="h",
            boot_id=boot_id,
            pid=1,
            version="0",
            concurrency=3,
            started_at=moment,
            heartbeat_at=moment,
        ),
    )
    return worker_id


@pytest.mark.parametrize("ahead", [-HOUR, HOUR])
def test_a_worker_here_lives_as_long_as_its_lock_whatever_the_clock(
    session: Session, storage: Storage, ahead: timedelta
) -> None:
    worker_id = register(session, boot_id=processes.boot_id(), ahead=ahead)

    with ProcessLock(storage.lock(worker_id)):
        during = workers.alive(session, storage)
    after = workers.alive(session, storage)

    assert (during, after) == ([Living(worker_id, 3)], [])


def test_a_worker_elsewhere_lives_while_it_is_heard_of(session: Session, storage: Storage) -> None:
    heard = register(session, boot_id="another boot", ahead=-ALIVE / 2)
    register(session, boot_id="another boot", ahead=-ALIVE)

    assert workers.alive(session, storage) == [Living(heard, 3)]


def test_a_worker_that_said_goodbye_does_not_live(session: Session, storage: Storage) -> None:
    worker_id = register(session, boot_id="another boot")

    workers.move(session, worker_id, WorkerState.GONE)

    assert workers.alive(session, storage) == []


def test_a_server_counts_while_it_holds_its_lock(storage: Storage) -> None:
    with ProcessLock(storage.server_lock(str(uuid.uuid4()))):
        during = workers.serving(storage)

    assert (during, workers.serving(storage)) == (1, 0)
