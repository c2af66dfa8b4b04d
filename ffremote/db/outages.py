"""Why the database cannot be used: locked, read-only, full, damaged, away, without tables.

PostgreSQL says it with an SQLSTATE, SQLite and connections that fail with their messages only.
"""

import re
from enum import StrEnum

from sqlalchemy.exc import DBAPIError


class Outage(StrEnum):
    """What is wrong with the database, as a message for the operator."""

    LOCKED = "Another process has locked the database for too long; try again."
    BUSY = (
        "The database server has no connection left; try again, and if it stays so, raise its "
        "max_connections or lower FFREMOTE_THREADS and FFREMOTE_TRANSFER_THREADS."
    )
    SLOW = (
        "The database has not answered in time: a lock is held, or its server is overloaded or "
        "hangs; try again."
    )
    STANDBY = (
        "The database server is a read-only standby: name the primary in FFREMOTE_DATABASE_URL, or "
        "all servers and target_session_attrs=read-write."
    )
    READ_ONLY = (
        "The database is read-only: check the permissions of its file and directory, and that the "
        "file system is not mounted read-only."
    )
    FULL = "The disk of the database is full; free some space."
    DAMAGED = (
        "The database is damaged: stop all programs, keep a copy of the file, and restore a backup "
        "(`flask --app ffremote backup` makes them)."
    )
    REFUSED = (
        "The database server refuses the user, its password or its rights; check "
        "FFREMOTE_DATABASE_URL."
    )
    NO_DATABASE = (
        "The database that FFREMOTE_DATABASE_URL names does not exist; create it, then run: "
        "flask --app ffremote db upgrade"
    )
    AWAY = (
        "The database server cannot be reached: it may be restarting, or not run, or "
        "FFREMOTE_DATABASE_URL names another host or port."
    )
    UNREACHABLE = (
        "The database cannot be opened: check FFREMOTE_DATA_DIR or FFREMOTE_DATABASE_URL, the "
        "permissions of its directory, and that the database server runs."
    )
    FAULTY_DISK = "The disk of the database reports errors; check the system's log."
    NO_TABLES = "The database has no tables, or older ones; run: flask --app ffremote db upgrade"

    @property
    def may_pass(self) -> bool:
        """Whether the database may come back without anybody's help, so that waiting is right."""
        return self in (Outage.LOCKED, Outage.BUSY, Outage.SLOW, Outage.AWAY)


# An SQLSTATE, or the first two characters of a class of them.
_STATES = {
    "08": Outage.AWAY,
    "25006": Outage.STANDBY,
    "25P03": Outage.AWAY,  # idle in a transaction for too long: the server closed the connection
    "28": Outage.REFUSED,
    "3D000": Outage.NO_DATABASE,
    "40001": Outage.LOCKED,
    "40P01": Outage.LOCKED,
    "42501": Outage.REFUSED,
    "42703": Outage.NO_TABLES,
    "42P01": Outage.NO_TABLES,
    "53100": Outage.FULL,
    "53300": Outage.BUSY,
    "53": Outage.BUSY,
    "55P03": Outage.LOCKED,
    "57014": Outage.SLOW,
    "57P": Outage.AWAY,
    "58030": Outage.FAULTY_DISK,
    "XX001": Outage.DAMAGED,
    "XX002": Outage.DAMAGED,
}
_SIGNS = (
    (Outage.LOCKED, r"\blocked\b|lock timeout|deadlock detected"),
    (Outage.STANDBY, r"session is read-only|in a read-only transaction"),
    (Outage.READ_ONLY, r"readonly|read-only"),
    (Outage.FULL, r"disk is full|No space left|Disk quota exceeded|disk full"),
    (Outage.DAMAGED, r"malformed|not a database|file is encrypted|invalid page in block"),
    (Outage.NO_TABLES, r"no such (?:table|column)|(?:relation|column) \".*\" does not exist"),
    (Outage.FAULTY_DISK, r"disk I/O error"),
    (
        Outage.REFUSED,
        (
            r"authentication failed|no password supplied|no pg_hba\.conf entry|"
            r"role \".*\" (?:does not|is not)"
        ),
    ),
    (Outage.NO_DATABASE, r"database \".*\" does not exist"),
    (Outage.BUSY, r"too many clients|remaining connection slots|QueuePool limit"),
    (Outage.SLOW, r"has not answered for"),
    (Outage.UNREACHABLE, r"unable to open database"),
    (
        Outage.AWAY,
        (
            r"[Cc]onnection (?:refused|reset|timed)|connection (?:failed|is closed|timeout)|"
            r"closed the connection|terminating connection|the database system is|"
            r"could not (?:connect|translate)|failed to resolve|No route to host|Network is unreach"
        ),
    ),
)
_PATTERNS = tuple((outage, re.compile(pattern)) for outage, pattern in _SIGNS)


def outage_of(error: BaseException | None) -> Outage | None:
    """Return the outage that a database error reports, or None for an error of a statement.

    `error` is that of SQLAlchemy or that of the library below it.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return next((_STATES[key] for key in (state, state[:3], state[:2]) if key in _STATES), None)
    text = str(cause)
    found = next((outage for outage, pattern in _PATTERNS if pattern.search(text)), None)
    return found or (Outage.AWAY if _is_lost_connection(cause) else None)


def _is_lost_connection(cause: BaseException | None) -> bool:
    """Return whether PostgreSQL's library, not its server, reports the error of an operation."""
    kind = type(cause)
    return kind.__module__.startswith("psycopg") and "OperationalError" in {
        each.__name__ for each in kind.__mro__
    }
