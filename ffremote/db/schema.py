"""The version of the schema: which ones this code can use.

A server or worker uses every schema from `OLDEST` on. Of one that is newer than `HEAD`, the last
that it knows, the database says which programs may use it: so a migration that adds something need
not stop the programs of the version before.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, Executable, select, text
from sqlalchemy.exc import DBAPIError, TimeoutError

from ffremote.errors import DatabaseNotReady, DatabaseUnusable
from ffremote.version import __version__

from . import sqlite
from .outages import Outage, outage_of
from .schema_info import SchemaInfo

OLDEST = "0020"
HEAD = "0020"
MIGRATE = "flask --app ffremote db upgrade"
COPYING = "copying"
"""The version of a database while `flask db copy` fills it."""
INCOMPLETE = (
    "A copy into this database was interrupted; run flask --app ffremote db copy again, on the "
    "database that it was made from"
)


def require_schema(engine: Engine) -> None:
    """Raise DatabaseNotReady unless this code can use the schema; the message says what to do.

    Raise DatabaseUnusable, with the reason, when the database cannot be read at all.
    """
    version = schema_version(engine)
    if version is None:
        raise DatabaseNotReady(f"The database is not migrated yet; run: {MIGRATE}")
    if version == COPYING:
        raise DatabaseNotReady(INCOMPLETE)
    if version < OLDEST:
        raise DatabaseNotReady(
            f"The database is at migration {version}, this program needs {OLDEST} or newer; "
            f"run: {MIGRATE}"
        )
    if version > HEAD:
        _require_program(engine, version)


def _require_program(engine: Engine, version: str) -> None:
    """Raise DatabaseNotReady unless a schema that is newer than this code admits it."""
    oldest = _read(engine, select(SchemaInfo.oldest_program))
    if oldest is not None and release(__version__) >= release(oldest):
        return
    needed = f", which needs ffremote {oldest} or newer" if oldest else ""
    raise DatabaseNotReady(
        f"The database is at migration {version}{needed}, newer than this program's {HEAD}; this "
        f"is ffremote {__version__}: upgrade the program"
    )


def release(version: str) -> tuple[int, ...]:
    """Return a version as numbers; a development version counts as the release that it becomes."""
    return tuple(int(number) for number in re.findall(r"[0-9]+", version)[:3])


def schema_version(engine: Engine) -> str | None:
    """Return the id of the last applied migration, or None before the first.

    Raise DatabaseUnusable when the database cannot be read.
    """
    return _read(engine, text("SELECT version_num FROM alembic_version"))


def _read(engine: Engine, query: Executable) -> str | None:
    """Return the one text that `query` finds; None if there is no such table, or no row."""
    options = {sqlite.BEGIN: "BEGIN"}
    try:
        with reported(), engine.connect().execution_options(**options) as connection:
            found: str | None = connection.scalar(query)
    except DatabaseUnusable as exc:
        if exc.reason is Outage.NO_TABLES:
            return None
        raise
    return found


@contextmanager
def reported() -> Iterator[None]:
    """Raise an error of the database as DatabaseUnusable, which has the reason."""
    try:
        yield
    except (DBAPIError, TimeoutError) as exc:
        reason = outage_of(exc) or "The database cannot be read."
        raise DatabaseUnusable(reason, _detail(exc)) from exc


def _detail(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(cause).strip()
