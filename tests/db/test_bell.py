"""Notifications between hosts of one PostgreSQL database."""

import select
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from ffremote.db import bell, database
from ffremote.host import notify
from ffremote.host.locks import ProcessLock
from ffremote.host.notify import Listener
from ffremote.host.place import directory_of
from tests.support.databases import PostgresqlTemplate
from tests.support.waiting import wait_for


@pytest.fixture
def engine(cluster: PostgresqlTemplate, tmp_path: Path) -> Iterator[Engine]:
    """A PostgreSQL database."""
    url = cluster.copy(tmp_path)
    made = database.open_engine(url)
    yield made
    made.dispose()
    cluster.drop(url)


@pytest.fixture
def hosts(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The run directories of two hosts."""
    monkeypatch.setattr(bell, "PING_SECONDS", 0.1)
    run_dirs = [tmp_path / name for name in ("a", "b")]
    for each in run_dirs:
        each.mkdir()
    ends: list[threading.Event] = []
    monkeypatch.setattr(bell, "start", _collecting(ends))
    yield run_dirs
    for end in ends:
        end.set()
    wait_for(lambda: not [each for each in threading.enumerate() if each.name == "bell"])


def _collecting(ends: list[threading.Event]) -> object:
    start = bell.start

    def collect(engine: Engine, run_dir: Path) -> None:
        ends.append(start(engine, run_dir))

    return collect


def is_notified(listener: Listener) -> bool:
    return bool(select.select([listener], [], [], 0)[0])


def listen(run_dir: Path, stack: ExitStack) -> Listener:
    """Return the listener of a program."""
    name = str(uuid.uuid4())
    stack.enter_context(ProcessLock(run_dir / f"{name}.lock"))
    return stack.enter_context(Listener(run_dir, name))


def watch(connection: Connection) -> list[str]:
    """Return a list of what is notified, filled when the connection is used."""
    heard: list[str] = []
    driver = connection.execution_options(isolation_level="AUTOCOMMIT").connection.driver_connection
    assert driver is not None
    driver.add_notify_handler(lambda each: heard.append(each.payload))
    connection.exec_driver_sql(f"LISTEN {bell.CHANNEL}")
    return heard


def test_a_notification_reaches_the_other_host_and_does_not_come_back(
    engine: Engine, hosts: list[Path]
) -> None:
    with ExitStack() as stack:
        programs = [listen(each, stack) for each in hosts]
        connection = stack.enter_context(engine.connect())
        heard = watch(connection)
        for place in (0, 1):
            for _ in range(2):  # two programs, of which one does it
                bell.start(engine, hosts[place])
            wait_for(lambda program=programs[place]: is_notified(program))  # type: ignore[misc]
            assert not programs[place].drain()  # for what was missed before

        for place in (0, 1):
            here, there = programs[place], programs[1 - place]
            notify.notify_all(hosts[place])
            wait_for(lambda program=there: is_notified(program))  # type: ignore[misc]
            assert (here.drain(), there.drain()) == (True, False)

        connection.exec_driver_sql("SELECT 1")
        assert heard == [directory_of(each) for each in hosts]
        connection.invalidate()
