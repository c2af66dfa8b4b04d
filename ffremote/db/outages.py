"""Why the database cannot be used: locked, read-only, full, damaged, unreachable, without tables.

The libraries of SQLite and PostgreSQL distinguish these cases by their messages only.
"""

import re
from enum import StrEnum


class Outage(StrEnum):
    """What is wrong with the database, as a message for the operator."""

    LOCKED = "Another process has locked the database for too long; try again."
    READ_ONLY = (
        "The database is read-only: check the permissions of its file and directory, and that the "
        "file system is not mounted read-only."
    )
    FULL = "The disk of the database is full; free some space."
    DAMAGED = (
        "The database is damaged: stop all programs, keep a copy of the file, and restore a backup "
        "(`flask --app ffremote backup` makes them)."
    )
    UNREACHABLE = (
        "The database cannot be opened: check FFREMOTE_DATA_DIR or FFREMOTE_DATABASE_URL, the "
        "permissions of its directory, and that the database server runs."
    )
    FAULTY_DISK = "The disk of the database reports errors; check the system's log."
    NO_TABLES = "The database has no tables, or older ones; run: flask --app ffremote db upgrade"


_SIGNS = (
    (Outage.LOCKED, r"\blocked\b|lock timeout|deadlock detected"),
    (Outage.READ_ONLY, r"readonly|read-only"),
    (Outage.FULL, r"disk is full|No space left|Disk quota exceeded|disk full"),
    (Outage.DAMAGED, r"malformed|not a database|file is encrypted|invalid page in block"),
    (Outage.NO_TABLES, r"no such (?:table|column)|(?:relation|column) \".*\" does not exist"),
    (Outage.FAULTY_DISK, r"disk I/O error"),
    (
        Outage.UNREACHABLE,
        (
            r"unable to open database|[Cc]onnection refused|could not (?:connect|translate)|"
            r"failed to resolve|connection (?:failed|is closed|timeout)|closed the connection|"
            r"authentication failed|database \".*\" does not exist|terminating connection"
        ),
    ),
)
_PATTERNS = tuple((outage, re.compile(pattern)) for outage, pattern in _SIGNS)


def outage_of(error: BaseException | None) -> Outage | None:
    """Return the outage that a database error reports, or None for an error of a statement."""
    text = str(error)
    return next((outage for outage, pattern in _PATTERNS if pattern.search(text)), None)
