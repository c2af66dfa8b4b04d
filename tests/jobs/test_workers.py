"""Which workers are alive: on this host by their lock, on others by their last heartbeat."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.models import WorkerState
from ffremote.files.storage import Storage
from ffremote.host.locks import ProcessLock
from ffremote.host.place import place_of
from ffremote.jobs import workers
from ffremote.jobs.workers import ALIVE_WITHIN, LiveWorker
from tests.support.builders import register_worker

HOUR = timedelta(hours=1)


def register(session: Session, *, place: str, ahead: timedelta = timedelta(0)) -> str:
    moment = utc_now() + ahead
    return register_worker(session, boot_id=place, heartbeat_at=moment, concurrency=3)


@pytest.mark.parametrize("ahead", [-HOUR, HOUR])
def test_a_worker_on_this_host_is_alive_while_it_holds_its_lock_whatever_the_clock(
    session: Session, storage: Storage, ahead: timedelta
) -> None:
    worker_id = register(session, place=place_of(storage.run), ahead=ahead)

    with ProcessLock(storage.lock(worker_id)):
        during = workers.alive(session, storage)
    after = workers.alive(session, storage)

    assert (during, after) == ([LiveWorker(worker_id, 3)], [])


def test_a_worker_on_another_host_is_alive_while_it_sends_heartbeats(
    session: Session, storage: Storage
) -> None:
    recent = register(session, place="another boot", ahead=-ALIVE_WITHIN / 2)
    register(session, place="another boot", ahead=-ALIVE_WITHIN)

    assert workers.alive(session, storage) == [LiveWorker(recent, 3)]


def test_a_worker_that_has_left_is_not_alive(session: Session, storage: Storage) -> None:
    worker_id = register(session, place="another boot")

    workers.set_state(session, worker_id, WorkerState.GONE)

    assert workers.alive(session, storage) == []


def test_a_server_counts_while_it_holds_its_lock(storage: Storage) -> None:
    with ProcessLock(storage.server_lock(str(uuid.uuid4()))):
        during = workers.count_live_servers(storage)

    assert (during, workers.count_live_servers(storage)) == (1, 0)
