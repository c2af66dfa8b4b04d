"""Carries notifications between the hosts of one PostgreSQL database: LISTEN and NOTIFY.

Within a host programs wake each other by sockets in the run directory. One thread of one program
of each run directory hears them too, and notifies the other hosts; what it hears from those it
passes on here. A notification is a hint: whoever misses one looks at the database soon anyway. It
is a statement of its own, after the commit that it tells of, since PostgreSQL takes a lock of the
whole database for it.
"""

import logging
import select
import threading
import uuid
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ffremote.host import notify
from ffremote.host.locks import ProcessLock
from ffremote.host.notify import Listener
from ffremote.host.place import directory_of

log = logging.getLogger(__name__)

CHANNEL = "ffremote"
RETRY_SECONDS = 1.0
PING_SECONDS = 15.0
PAUSE_SECONDS = 0.05  # between two notifications: those of one moment are one
ELECTION = "bell.lock"


def start(engine: Engine, run_dir: Path) -> threading.Event:
    """Start the thread, unless all programs of this database are on this host.

    It ends soon after the event that is returned is set.
    """
    ended = threading.Event()
    if engine.dialect.name == "postgresql":
        arguments = (engine, run_dir, ended)
        threading.Thread(target=carry, args=arguments, name="bell", daemon=True).start()
    return ended


def carry(engine: Engine, run_dir: Path, ended: threading.Event) -> None:
    """Carry notifications until `ended`, once no other process or thread does it here."""
    name = str(uuid.uuid4())
    with (
        ProcessLock(run_dir / ELECTION),
        ProcessLock(run_dir / f"{name}.lock"),
        Listener(run_dir, name) as listener,
    ):
        while not ended.is_set():
            try:
                _carry(engine, run_dir, listener, ended)
            except (DBAPIError, PoolTimeout, OSError) as exc:
                log.info("other hosts are not notified for now: %s", type(exc).__name__)
            ended.wait(RETRY_SECONDS)


def _carry(engine: Engine, run_dir: Path, listener: Listener, ended: threading.Event) -> None:
    """Carry notifications until the connection breaks."""
    place = directory_of(run_dir)
    heard: list[str] = []
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.add_notify_handler(lambda each: heard.append(each.payload))
        try:
            connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            heard.append("")  # what was missed until now
            while not ended.is_set():
                if [each for each in heard if each != place]:
                    notify.notify_all(run_dir, is_relayed=True)
                heard.clear()
                waits = [driver.fileno(), *([listener] if listener.fileno() >= 0 else [])]
                ready, _, _ = select.select(waits, [], [], PING_SECONDS)
                if listener in ready and listener.drain():
                    _tell(connection, place)
                    ended.wait(PAUSE_SECONDS)
                else:
                    connection.exec_driver_sql("SELECT 1")  # reads what has come
        finally:
            connection.invalidate()  # no other user of the pool may get it


def _tell(connection: Connection, place: str) -> None:
    connection.exec_driver_sql("SELECT pg_notify(%s, %s)", (CHANNEL, place))
