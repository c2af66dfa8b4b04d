"""Rows of servers."""

import uuid
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from ffremote.db.server import Server
from ffremote.files.storage import Storage
from ffremote.host.locks import ProcessLock
from ffremote.jobs.fleet import servers


@pytest.fixture
def elsewhere(tmp_path: Path) -> Storage:
    """The data directory of another host."""
    made = Storage(tmp_path / "elsewhere")
    made.prepare()
    return made


def start(session: Session, storage: Storage, stack: ExitStack) -> str:
    """Start a server; return its id."""
    server_id = str(uuid.uuid4())
    stack.enter_context(ProcessLock(storage.server_lock(server_id)))
    servers.register(session, storage, server_id)
    return server_id


def silence(session: Session, server_id: str, seconds: timedelta) -> None:
    row = session.get_one(Server, server_id, populate_existing=True)
    session.execute(
        update(Server).where(Server.id == server_id).values(heartbeat_at=row.heartbeat_at - seconds)
    )
    session.commit()


def test_servers_of_all_hosts_are_seen_until_they_end(
    session: Session, storage: Storage, elsewhere: Storage
) -> None:
    with ExitStack() as stack:
        here = start(session, storage, stack)
        there = start(session, elsewhere, stack)

        during = [(each.id, each.is_here) for each in servers.alive(session, storage)]
        others = servers.count_elsewhere(session, storage)
        servers.leave(session, there)
        after = [each.id for each in servers.alive(session, elsewhere)]

    assert during == [(here, True), (there, False)]
    assert (others, after) == (1, [here])
    assert servers.alive(session, storage) == []  # its lock is free


def test_a_server_elsewhere_that_is_silent_is_dead_and_then_forgotten(
    session: Session, storage: Storage, elsewhere: Storage
) -> None:
    with ExitStack() as stack:
        there = start(session, elsewhere, stack)
        silence(session, there, servers.ALIVE_WITHIN)
        silent = servers.alive(session, storage)
        is_known = servers.beat(session, there)
        again = servers.alive(session, storage)
        silence(session, there, servers.FORGET_AFTER + timedelta(seconds=9))

        start(session, storage, stack)

    assert (silent, is_known, [each.id for each in again]) == ([], True, [there])
    assert not servers.beat(session, there)
