"""The version of the schema: the last applied migration, and the one that this code needs."""

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from ffremote.errors import DatabaseNotReady, DatabaseUnusable

from . import sqlite
from .outages import Outage, outage_of

HEAD = "0005"
MIGRATE = "flask --app ffremote db upgrade"


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
        with engine.connect().execution_options(**{sqlite.BEGIN: "BEGIN"}) as connection:
            version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError as exc:
        outage = outage_of(exc.orig)
        if outage is Outage.NO_TABLES:
            return None
        raise DatabaseUnusable(outage or "The database cannot be read.", str(exc.orig)) from exc
    return version
