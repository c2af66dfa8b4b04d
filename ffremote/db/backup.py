"""A copy of the registry while everything runs, made by SQLite itself.

Reading the database file ourselves would drop the locks that this process holds on it (POSIX), so
nothing here opens it: SQLite writes the copy, in one read transaction.
"""

import os
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from ffremote.errors import ConfigurationError
from ffremote.files.storage import sync


def write_backup(engine: Engine, target: Path) -> int:
    """Write a whole, compact copy of the database to `target`; return its size in bytes.

    Raises ConfigurationError when `target` is there already, or when this is no SQLite.
    """
    if engine.dialect.name != "sqlite":
        raise ConfigurationError(
            f"this database is {engine.dialect.name}; use its own tool, such as pg_dump"
        )
    if target.exists():
        raise ConfigurationError(f"{target} is there already; name a new file")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        # VACUUM runs in no transaction, and SQLAlchemy's connections begin one.
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(partial),))
        sync(partial)
        partial.replace(target)
        sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size
