"""Opens the database and runs its transactions.

Every transaction is synced to the disk, and on SQLite begins IMMEDIATE, with two exceptions:
`reading` takes no lock; a `relaxed` one, and `writing_alone`, survive a crash of the process but
may lose the last commits at a power failure (used for claims and heartbeats, which are written
again half a second later).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from typing import Any

from sqlalchemy import URL, Engine, create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.sql.dml import ReturningUpdate

from ffremote.errors import ConfigurationError

from . import postgresql, sqlite
from .outages import Outage, outage_of
from .types import DatabaseNow

_WRITES = "writes"
_WRITERS_KEY = 0x66667265  # any number that no other program locks


def normal_url(url: str) -> str:
    """Return `url` with psycopg 3 as the driver of PostgreSQL, for every short form of it."""
    return re.sub(r"^postgres(ql)?(\+psycopg2)?://", "postgresql+psycopg://", url)


def engine_options(url: str, *, kept: int = 5, further: int = 10) -> dict[str, Any]:
    """Return the `create_engine` options for `url`; Flask-SQLAlchemy is given the same.

    PostgreSQL's pool keeps `kept` connections open and opens up to `further` ones on demand.
    Raise ConfigurationError for a URL that names no database of a known kind.
    """
    parsed = _parse(normal_url(url))
    if parsed.get_backend_name() == "sqlite":
        return sqlite.options()
    return postgresql.options(parsed, kept=kept, further=further)


def open_engine(url: str) -> Engine:
    """Return an engine for `url`; it connects on first use. Raise ConfigurationError."""
    return prepare(create_engine(normal_url(url), **engine_options(url)))


def prepare(engine: Engine) -> Engine:
    """Install what the connections of `engine` need; required once per engine."""
    install = sqlite.install if engine.dialect.name == "sqlite" else postgresql.install
    install(engine)
    return engine


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as exc:  # their texts may have the password
        raise ConfigurationError(
            "FFREMOTE_DATABASE_URL is not a URL such as postgresql://USER:PASSWORD@HOST/DATABASE"
        ) from exc
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ConfigurationError(
            f"FFREMOTE_DATABASE_URL begins with {parsed.drivername}; "
            "ffremote uses postgresql and sqlite"
        )
    if parsed.drivername != "sqlite":
        _require_psycopg()
    return parsed


def _require_psycopg() -> None:
    try:
        import_module("psycopg")
    except ImportError as exc:  # not installed, or without the library of PostgreSQL
        raise ConfigurationError(
            f"FFREMOTE_DATABASE_URL names PostgreSQL, and psycopg cannot be used ({exc}); "
            "run: pip install 'ffremote[server,postgresql]'"
        ) from exc


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
    session.connection(
        execution_options={sqlite.BEGIN: "BEGIN"} | _alone(session),
    )
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def writing(session: Session, *, relaxed: bool = False) -> Iterator[Session]:
    """Run one writing transaction; only on SQLite `relaxed` makes it faster.

    On SQLite it holds the only write lock from its begin to its commit. On PostgreSQL it is READ
    COMMITTED and holds no lock but those of the rows that it changes: what one statement has read
    may be different for the next. So decide and change in one UPDATE, or call `serialize_writers`.
    """
    with _marked(session, {sqlite.BEGIN: "BEGIN IMMEDIATE", sqlite.SYNC: _sync(relaxed)}):
        yield session


@contextmanager
def writing_alone(session: Session, *, relaxed: bool = True) -> Iterator[Session]:
    """Run a writing statement that is a transaction of its own, and so is each further one.

    On SQLite it holds the write lock while SQLite runs it, not while Python prepares it. On
    PostgreSQL it is one round trip, and only `change_row` syncs it.
    """
    with _marked(session, {sqlite.BEGIN: "", sqlite.SYNC: _sync(relaxed)} | _alone(session)):
        yield session


def change_row(session: Session, change: ReturningUpdate[Any], values: dict[str, Any]) -> Any:
    """Run one UPDATE as a transaction that is synced to the disk; return its first column.

    Return None if it matched no row.
    """
    with writing_alone(session, relaxed=False):
        if session.get_bind().dialect.name == "sqlite":
            return session.scalar(change, values)
        values = values | postgresql.sync_values(session.connection())
        return session.scalar(postgresql.synced(change), values)


@contextmanager
def _marked(session: Session, options: dict[str, Any]) -> Iterator[None]:
    """Run a transaction of which nested `reading` is a part."""
    session.rollback()
    session.connection(execution_options=options)
    session.info[_WRITES] = True
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info[_WRITES] = False


def _sync(relaxed: bool) -> str:
    return "NORMAL" if relaxed else "FULL"


def database_time(session: Session) -> datetime:
    """Return the time of the database's clock: the one clock of all hosts."""
    return session.scalars(select(DatabaseNow())).one()


def _alone(session: Session) -> dict[str, Any]:
    """Return the option that makes each statement on PostgreSQL a transaction: one round trip.

    READ COMMITTED gives each statement a snapshot of its own in any case.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return {} if is_sqlite else {"isolation_level": "AUTOCOMMIT"}


def serialize_writers(session: Session) -> None:
    """Serialize the transactions that call this within `writing`, until their commits.

    SQLite always has one writer; on PostgreSQL several would count the same rows before they add
    their own.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS_KEY})


def is_full(error: DBAPIError) -> bool:
    """Return whether the database could not write because the disk is full."""
    return outage_of(error) is Outage.FULL
