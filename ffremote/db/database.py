"""How the database is opened: the pragmas, the transactions and the library of SQLite.

Every transaction begins IMMEDIATE and is synced to the disk, unless it says otherwise: `reading`
takes no lock, `relaxed` survives a crash of the process but may lose its last commits at a loss
of power (heartbeats and progress, which are told again half a second later).
"""

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from ffremote.errors import DatabaseNotReady, DatabaseUnusable

from .outages import Outage, outage_of

log = logging.getLogger(__name__)

BUSY_SECONDS = 10.0
# Modules with a SQLite library of their own, of which the first that is installed is taken.
LIBRARIES = ("pysqlite3", "sqlcipher3")
HEAD = "0002"
MIGRATE = "flask --app ffremote db upgrade"

_BEGIN = "sqlite_begin"
_SYNC = "sqlite_synchronous"
_WRITES = "writes"
_TURNS = 0x66667265  # any number that is ours


def normal_url(url: str) -> str:
    """Name psycopg 3 for PostgreSQL, whatever short form the operator wrote."""
    return re.sub(r"^postgres(ql)?(\+psycopg2)?://", "postgresql+psycopg://", url)


def engine_options(url: str) -> dict[str, Any]:
    """Return the `create_engine` options for `url`, for Flask-SQLAlchemy and for ourselves."""
    if make_url(url).get_backend_name() != "sqlite":
        return {"pool_pre_ping": True}
    return {"module": sqlite_module(), "connect_args": {"timeout": BUSY_SECONDS}}


def open_engine(url: str) -> Engine:
    """Open the database at `url`; connections are made when they are first used."""
    return prepare(create_engine(normal_url(url), **engine_options(normal_url(url))))


def prepare(engine: Engine) -> Engine:
    """Teach an engine our pragmas and our BEGIN; needed once for every engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    return engine


def session_maker(engine: Engine) -> sessionmaker[Session]:
    """Return what makes sessions whose rows stay readable after their transaction."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def reading(session: Session) -> Iterator[Session]:
    """Run one read-only transaction: a plain BEGIN, which waits for nobody.

    Within `writing` it is part of that transaction, so that what is read still holds at its end.
    """
    if session.info.get(_WRITES):
        yield session
        return
    session.rollback()
    session.connection(execution_options={_BEGIN: "BEGIN"})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def writing(session: Session, *, relaxed: bool = False) -> Iterator[Session]:
    """Run one writing transaction, committed at the end; it holds the write lock throughout."""
    session.rollback()
    session.connection(
        execution_options={
            _BEGIN: "BEGIN IMMEDIATE",
            _SYNC: "NORMAL" if relaxed else "FULL",
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


def serialize_writers(session: Session) -> None:
    """Let those who call this within `writing` come one after the other until their commits.

    SQLite's writers always do; PostgreSQL's would all count the same rows before they add theirs.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TURNS})


def require_schema(engine: Engine) -> None:
    """Raise DatabaseNotReady unless the schema is the one that this code was written for.

    Raises DatabaseUnusable, with the true reason, when the database cannot be read at all.
    """
    found = schema_version(engine)
    if found is None:
        raise DatabaseNotReady(f"The database is not migrated yet; run: {MIGRATE}")
    if found < HEAD:
        raise DatabaseNotReady(
            f"The database is at migration {found}, this program needs {HEAD}; run: {MIGRATE}"
        )
    if found > HEAD:
        raise DatabaseNotReady(
            f"The database is at migration {found}, newer than this program's {HEAD}; "
            "upgrade the program"
        )


def schema_version(engine: Engine) -> str | None:
    """Return the migration that the database is at, or None before the first.

    Raises DatabaseUnusable when it cannot be read.
    """
    try:
        with engine.connect().execution_options(**{_BEGIN: "BEGIN"}) as connection:
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError as exc:
        outage = outage_of(exc.orig)
        if outage is Outage.NO_TABLES:
            return None
        raise DatabaseUnusable(outage or "The database cannot be read.", str(exc.orig)) from exc
    return found


def sqlite_module() -> Any:
    """Return the DB-API module for SQLite: one that brings a fixed library, if it is there."""
    for name in LIBRARIES:
        if find_spec(name):
            return import_module(f"{name}.dbapi2")
    return sqlite3


def is_wal_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug (sqlite.org/wal.html, fixed in 3.51.3).

    Two processes that write and checkpoint at one instant can corrupt the database before it.
    """
    return version in ((3, 50, 7), (3, 44, 6)) or (version >= (3, 51, 3) and version != (3, 52, 0))


def journal_mode() -> str:
    """Return the journal mode that is safe with the SQLite library in use."""
    return "WAL" if is_wal_safe(sqlite_module().sqlite_version_info) else "DELETE"


def is_full(error: DBAPIError) -> bool:
    """Whether the database could not write because the disk is full."""
    return outage_of(error.orig) is Outage.FULL


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we write BEGIN ourselves
    for pragma in (
        f"journal_mode={journal_mode()}",
        "foreign_keys=ON",
        f"journal_size_limit={64 << 20}",
        "synchronous=FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    begin = options.get(_BEGIN, "BEGIN IMMEDIATE")
    if begin != "BEGIN":
        # The pragma belongs to the connection and cannot change inside a transaction.
        connection.exec_driver_sql(f"PRAGMA synchronous={options.get(_SYNC, 'FULL')}")
    connection.exec_driver_sql(begin)
