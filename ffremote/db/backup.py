"""A backup of the SQLite database while all programs run.

Opening the database file directly would drop the POSIX locks that this process holds on it, so
SQLite writes the copy itself, in one read transaction.
"""

import os
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from ffremote.errors import ConfigurationError
from ffremote.host.file_system import sync


def write_backup(engine: Engine, target: Path) -> int:
    """Write a complete, compact copy of the database to `target`; return its size in bytes.

    Raise ConfigurationError when `target` exists, or when the database is not SQLite.
    """
    if engine.dialect.name != "sqlite":
        raise ConfigurationError(
            f"this database is {engine.dialect.name}; back it up with its own tool, such as pg_dump"
        )
    if target.exists():
        raise ConfigurationError(f"{target} exists already; name a new file")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        # VACUUM cannot run in a transaction, and SQLAlchemy's connections begin one.
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(partial),))
        sync(partial)
        partial.replace(target)
        sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size
