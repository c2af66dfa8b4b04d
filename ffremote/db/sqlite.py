"""SQLite: which library is used, and the pragmas and the BEGIN of its connections."""

import sqlite3
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_SECONDS = 10.0
# Modules that bundle their own SQLite library; the first installed one is used.
LIBRARIES = ("pysqlite3", "sqlcipher3")

BEGIN = "sqlite_begin"
"""The execution option with the BEGIN of a transaction; without one, statements are each alone."""
SYNC = "sqlite_synchronous"
"""The execution option with the value of the pragma `synchronous`, which its connection keeps."""


def options() -> dict[str, Any]:
    """Return the `create_engine` options for SQLite."""
    return {"module": sqlite_module(), "connect_args": {"timeout": BUSY_SECONDS}}


def install(engine: Engine) -> None:
    """Make the connections of `engine` set their pragmas and begin as their options say."""
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


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
    begin = options.get(BEGIN, "BEGIN IMMEDIATE")
    sync = options.get(SYNC, "FULL")
    if begin != "BEGIN" and connection.info.get(SYNC) != sync:
        # The pragma belongs to the connection and cannot change inside a transaction.
        connection.exec_driver_sql(f"PRAGMA synchronous={sync}")
        connection.info[SYNC] = sync
    if begin:
        connection.exec_driver_sql(begin)
