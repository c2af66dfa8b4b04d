"""Opens the database and runs its transactions.

Every transaction begins IMMEDIATE and is synced to the disk, with two exceptions: `reading` takes
no lock; `relaxed` survives a crash of the process but may lose the last commits at a power failure
(used for heartbeats and progress, which are written again half a second later).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from . import sqlite
from .outages import Outage, outage_of
from .types import DatabaseNow

_WRITES = "writes"
_WRITERS_KEY = 0x66667265  # any number that no other program locks


def normal_url(url: str) -> str:
    """Return `url` with psycopg 3 as the driver of PostgreSQL, for every short form of it."""
    return re.sub(r"^postgres(ql)?(\+psycopg2)?://", "postgresql+psycopg://", url)


def engine_options(url: str) -> dict[str, Any]:
    """Return the `create_engine` options for `url`; Flask-SQLAlchemy is given the same."""
    if make_url(url).get_backend_name() != "sqlite":
        return {"pool_pre_ping": True}
    return sqlite.options()


def open_engine(url: str) -> Engine:
    """Return an engine for `url`; it connects on first use."""
    return prepare(create_engine(normal_url(url), **engine_options(normal_url(url))))


def prepare(engine: Engine) -> Engine:
    """Install what the connections of `engine` need; required once per engine."""
    if engine.dialect.name == "sqlite":
        sqlite.install(engine)
    return engine


def session_maker(engine: Engine) -> sessionmaker[Session]:
    """Return a maker of sessions whose rows stay readable after their transaction."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def reading(session: Session) -> Iterator[Session]:
    """Run one read-only transaction: a plain BEGIN, which waits for no lock.

    Within `writing` it is part of that transaction, so that what was read stays true to its end.
    """
    if session.info.get(_WRITES):
        yield session
        return
    session.rollback()
    session.connection(execution_options={sqlite.BEGIN: "BEGIN"})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def writing(session: Session, *, relaxed: bool = False) -> Iterator[Session]:
    """Run one writing transaction, which holds the write lock from its begin to its commit."""
    session.rollback()
    session.connection(
        execution_options={
            sqlite.BEGIN: "BEGIN IMMEDIATE",
            sqlite.SYNC: "NORMAL" if relaxed else "FULL",
        }
    )
    session.info[_WRITES] = True
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info[_WRITES] = False


def database_time(session: Session) -> datetime:
    """Return the time of the database's clock: the one clock of all hosts."""
    return session.scalars(select(DatabaseNow())).one()


def serialize_writers(session: Session) -> None:
    """Serialize the transactions that call this within `writing`, until their commits.

    SQLite always has one writer; on PostgreSQL several would count the same rows before they add
    their own.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS_KEY})


def is_full(error: DBAPIError) -> bool:
    """Return whether the database could not write because the disk is full."""
    return outage_of(error.orig) is Outage.FULL
