"""Opens the database: pragmas, transactions and the SQLite library.

Every transaction begins IMMEDIATE and is synced to the disk, with two exceptions: `reading` takes
no lock; `relaxed` survives a crash of the process but may lose the last commits at a power failure
(used for heartbeats and progress, which are written again half a second later).
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
# Modules that bundle their own SQLite library; the first installed one is used.
LIBRARIES = ("pysqlite3", "sqlcipher3")
HEAD = "0005"
MIGRATE = "flask --app ffremote db upgrade"

_BEGIN = "sqlite_begin"
_SYNC = "sqlite_synchronous"
_WRITES = "writes"
_WRITERS_KEY = 0x66667265  # any number that no other program locks


def normal_url(url: str) -> str:
    """Return `url` with psycopg 3 as the driver of PostgreSQL, for every short form of it."""
    return re.sub(r"^postgres(ql)?(\+psycopg2)?://", "postgresql+psycopg://", url)


def engine_options(url: str) -> dict[str, Any]:
    """Return the `create_engine` options for `url`; Flask-SQLAlchemy is given the same."""
    if make_url(url).get_backend_name() != "sqlite":
        return {"pool_pre_ping": True}
    return {"module": sqlite_module(), "connect_args": {"timeout": BUSY_SECONDS}}


def open_engine(url: str) -> Engine:
    """Return an engine for `url`; it connects on first use."""
    return prepare(create_engine(normal_url(url), **engine_options(normal_url(url))))


def prepare(engine: Engine) -> Engine:
    """Install the pragmas and the BEGIN of this module in `engine`; required once per engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
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
    session.connection(execution_options={_BEGIN: "BEGIN"})
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
    """Serialize the transactions that call this within `writing`, until their commits.

    SQLite always has one writer; on PostgreSQL several would count the same rows before they add
    their own.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS_KEY})


def require_schema(engine: Engine) -> None:
    """Raise DatabaseNotReady unless the schema is the version that this code needs.

    Raise DatabaseUnusable, with the reason, when the database cannot be read at all.
    """
    version = schema_version(engine)
    if version is None:
        raise DatabaseNotReady(f"The database is not migrated yet; run: {MIGRATE}")
    if version < HEAD:
        raise DatabaseNotReady(
            f"The database is at migration {version}, this program needs {HEAD}; run: {MIGRATE}"
        )
    if version > HEAD:
        raise DatabaseNotReady(
            f"The database is at migration {version}, newer than this program's {HEAD}; "
            "upgrade the program"
        )


def schema_version(engine: Engine) -> str | None:
    """Return the id of the last applied migration, or None before the first.

    Raise DatabaseUnusable when the database cannot be read.
    """
    try:
        with engine.connect().execution_options(**{_BEGIN: "BEGIN"}) as connection:
            version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError as exc:
        outage = outage_of(exc.orig)
        if outage is Outage.NO_TABLES:
            return None
        raise DatabaseUnusable(outage or "The database cannot be read.", str(exc.orig)) from exc
    return version


def sqlite_module() -> Any:
    """Return the DB-API module for SQLite, preferably one that bundles a fixed library."""
    for name in LIBRARIES:
        if find_spec(name):
            return import_module(f"{name}.dbapi2")
    return sqlite3


def is_wal_safe(version: tuple[int, ...]) -> bool:
    """Return whether this SQLite has no WAL-reset bug (sqlite.org/wal.html, fixed in 3.51.3).

    In older versions two processes that write and checkpoint at the same instant can corrupt the
    database.
    """
    return version in ((3, 50, 7), (3, 44, 6)) or (version >= (3, 51, 3) and version != (3, 52, 0))


def journal_mode() -> str:
    """Return the journal mode that is safe with the SQLite library in use."""
    return "WAL" if is_wal_safe(sqlite_module().sqlite_version_info) else "DELETE"


def is_full(error: DBAPIError) -> bool:
    """Return whether the database could not write because the disk is full."""
    return outage_of(error.orig) is Outage.FULL


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # _begin writes BEGIN itself
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
