"""Rows of servers: which ones run on this database, on this host and on others."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

import ffremote
from ffremote.db.database import database_time, reading, writing, writing_alone
from ffremote.db.server import Server
from ffremote.db.types import DatabaseNow
from ffremote.files.storage import Storage
from ffremote.host import locks
from ffremote.host.place import place_of
from ffremote.ledger.protocol import HEARTBEAT_SECONDS

ALIVE_WITHIN = timedelta(seconds=4 * HEARTBEAT_SECONDS)
FORGET_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A server that runs."""

    id: str
    host: str
    pid: int
    version: str
    started_at: datetime
    is_here: bool
    """Whether it has this data directory."""


def register(session: Session, storage: Storage, server_id: str) -> None:
    """Store the row of this process; remove those of servers that are long gone."""
    with writing(session):
        session.execute(
            delete(Server).where(Server.heartbeat_at < database_time(session) - FORGET_AFTER)
        )
        session.add(
            Server(
                id=server_id,
                host=socket.gethostname(),
                place=place_of(storage.run),
                pid=os.getpid(),
                version=ffremote.__version__,
                started_at=DatabaseNow(),
                heartbeat_at=DatabaseNow(),
            )
        )


def beat(session: Session, server_id: str) -> bool:
    """Record that a server is alive; return False if its row was removed."""
    with writing_alone(session):
        found = session.scalar(
            update(Server)
            .where(Server.id == server_id)
            .values(heartbeat_at=DatabaseNow())
            .returning(Server.id)
        )
    return found is not None


def leave(session: Session, server_id: str) -> None:
    """Remove the row of a server that ends."""
    with writing(session):
        session.execute(delete(Server).where(Server.id == server_id))


def alive(session: Session, storage: Storage) -> Sequence[LiveServer]:
    """Return the servers that run, oldest first.

    For one with this data directory its lock file decides; for others the age of the last
    heartbeat, by the database's clock.
    """
    try:
        here = place_of(storage.run)
    except OSError:  # the data directory cannot be used
        here = ""
    with reading(session):  # rows may expire with it, and a migration lets no other one begin
        now = database_time(session)
        rows = session.scalars(
            select(Server).order_by(Server.started_at).execution_options(populate_existing=True)
        )
        return [
            LiveServer(row.id, row.host, row.pid, row.version, row.started_at, row.place == here)
            for row in rows.all()
            if _is_alive(storage, row, now, here)
        ]


def count_elsewhere(session: Session, storage: Storage) -> int:
    """Return how many servers run with another data directory: their locks are not here."""
    return sum(not server.is_here for server in alive(session, storage))


def _is_alive(storage: Storage, row: Server, now: datetime, here: str) -> bool:
    if row.place == here:
        return not locks.is_dead(storage.server_lock(row.id))
    return now - row.heartbeat_at < ALIVE_WITHIN
