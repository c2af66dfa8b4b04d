"""What a program requires of the database before it serves."""

import logging
import threading

from sqlalchemy import Engine

from ffremote import clock
from ffremote.errors import DatabaseUnusable

from . import postgresql, schema
from .outages import Outage

log = logging.getLogger(__name__)

WAIT_SECONDS = 60.0
RETRY_SECONDS = 0.5


def require_database(engine: Engine) -> None:
    """Wait for a database that is away, and require the schema that this code needs.

    Raise DatabaseUnusable, for a database that stays away too, and DatabaseNotReady.
    """
    wait_for_database(engine)
    if engine.dialect.name == "postgresql" and postgresql.shares_connections(engine):
        raise DatabaseUnusable(
            "FFREMOTE_DATABASE_URL names a pooler that shares connections between transactions, "
            "which ffremote does not support: set pool_mode=session for its database, or connect "
            "to PostgreSQL itself.",
            "two open connections have one server process",
        )
    schema.require_schema(engine)


def wait_for_database(engine: Engine, *, seconds: float = WAIT_SECONDS) -> None:
    """Return when the database answers; raise DatabaseUnusable if it does not in time.

    Nothing is waited for that only the operator can change, such as a wrong password.
    """
    deadline = clock.monotonic() + seconds
    pause = threading.Event()  # never set: its wait is a sleep
    is_logged = False
    while True:
        try:
            schema.schema_version(engine)
        except DatabaseUnusable as exc:
            passing = isinstance(exc.reason, Outage) and exc.reason.may_pass
            if not passing or clock.monotonic() > deadline:
                raise
            if not is_logged:
                log.warning("waiting up to %.0f s for the database: %s", seconds, exc)
                is_logged = True
            pause.wait(RETRY_SECONDS)
        else:
            return
