"""Notifications between hosts of one PostgreSQL database."""

import select
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine

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
    """The run directories of two hosts, with two programs each that may carry notifications."""
    monkeypatch.setattr(bell, "PING_SECONDS", 0.1)
    run_dirs = [tmp_path / name for name in ("a", "b")]
    ends = []
    for each in run_dirs:
        each.mkdir()
        ends += [bell.start(engine, each) for _ in range(2)]
    wait_for(lambda: all(list(each.glob("*.bell")) for each in run_dirs))
    yield run_dirs
    for end in ends:
        end.set()
    wait_for(lambda: not [each for each in threading.enumerate() if each.name == "bell"])


def is_notified(listener: Listener) -> bool:
    return bool(select.select([listener], [], [], 0)[0])


def test_a_notification_reaches_the_other_host_and_does_not_come_back(
    engine: Engine, hosts: list[Path]
) -> None:
    with ExitStack() as stack:
        listeners = []
        for each in hosts:
            name = str(uuid.uuid4())
            stack.enter_context(ProcessLock(each / f"{name}.lock"))
            listeners.append(stack.enter_context(Listener(each, name)))
        watch = stack.enter_context(engine.connect())
        driver = watch.execution_options(isolation_level="AUTOCOMMIT").connection.driver_connection
        assert driver is not None
        heard: list[str] = []
        driver.add_notify_handler(lambda each: heard.append(each.payload))
        watch.exec_driver_sql(f"LISTEN {bell.CHANNEL}")
        for listener in listeners:  # a host that begins to listen wakes its own
            wait_for(lambda ear=listener: is_notified(ear))  # type: ignore[misc]
            listener.drain()

        for place in (0, 1):
            notify.notify_all(hosts[place])
            wait_for(lambda ear=listeners[1 - place]: is_notified(ear))  # type: ignore[misc]
            assert not listeners[1 - place].drain()  # it is from another host
            wait_for(lambda ear=listeners[place]: ear.drain())  # type: ignore[misc]

        watch.exec_driver_sql("SELECT 1")
        assert heard == [directory_of(each) for each in hosts]
