"""A server among others on its database: its row, and the notifications of other hosts."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ffremote import clock
from ffremote.db import bell, database
from ffremote.files.storage import Storage
from ffremote.jobs import orphans
from ffremote.jobs.fleet import servers
from ffremote.ledger.protocol import HEARTBEAT_SECONDS

log = logging.getLogger(__name__)

SWEEP_SECONDS = 3600.0


@contextmanager
def present(engine: Engine, storage: Storage, server_id: str) -> Iterator[None]:
    """Show this process as a server while it runs.

    On SQLite all programs are on this host, where its lock file says that it is alive. Otherwise
    the cleanup may be elsewhere, so this process sweeps its data directory itself.
    """
    sessions = database.session_maker(engine)
    with sessions() as session:
        servers.register(session, storage, server_id)
    ended = threading.Event()

    def beat() -> None:
        next_sweep = clock.monotonic()
        while not ended.wait(HEARTBEAT_SECONDS):
            try:
                with sessions() as session:
                    if not servers.beat(session, server_id):
                        servers.register(session, storage, server_id)
                    if clock.monotonic() >= next_sweep:
                        next_sweep = clock.monotonic() + SWEEP_SECONDS
                        orphans.sweep(session, storage)
            except (DBAPIError, PoolTimeout, OSError) as exc:
                log.info("server %s: its heartbeat is not recorded: %s", server_id, exc)

    if engine.dialect.name == "postgresql":
        threading.Thread(target=beat, name="presence", daemon=True).start()
    carried = bell.start(engine, storage.run)
    try:
        yield
    finally:
        ended.set()
        carried.set()
        try:
            with sessions() as session:
                servers.leave(session, server_id)
        except (DBAPIError, PoolTimeout) as exc:
            log.info("server %s: its row is left behind: %s", server_id, exc)
