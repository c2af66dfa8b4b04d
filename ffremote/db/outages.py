"""Why the database cannot be used: locked, read-only, full, damaged, out of reach, without tables.

The libraries tell these apart by their messages only, SQLite's and PostgreSQL's alike.
"""

import re
from enum import StrEnum


class Outage(StrEnum):
    """What is wrong with the database, as a sentence for its operator."""

    LOCKED = "The database is locked by another process for too long; try again."
    READ_ONLY = (
        "The database is read-only: check the rights of its file and directory, and that the file "
        "system is not mounted read-only."
    )
    FULL = "The disk of the database is full; make room."
    DAMAGED = (
        "The database is damaged: stop all programs, keep a copy of the file, and restore a backup "
        "(`flask --app ffremote backup` makes them)."
    )
    UNREACHABLE = (
        "The database cannot be opened: check FFREMOTE_DATA_DIR or FFREMOTE_DATABASE_URL, the "
        "rights of its directory, and that a database server runs there."
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
    """Return what an error of a database library says, None when it is about a statement."""
    text = str(error)
    return next((outage for outage, pattern in _PATTERNS if pattern.search(text)), None)
