"""Copies all rows of a SQLite database to an empty PostgreSQL database, and compares them.

No other program may use either database meanwhile. The source is opened read-only. The target
carries a mark instead of its schema's version until all of it was compared, so that no program uses
half a copy; a copy that was interrupted continues behind the last row that arrived.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    NullPool,
    Row,
    Table,
    collate,
    create_engine,
    func,
    insert,
    select,
    text,
    tuple_,
)
from sqlalchemy.engine import make_url
from sqlalchemy.types import String

from ffremote.errors import ConfigurationError

from . import sqlite
from .installation import Installation
from .job_file import JobFile
from .job_log import JobLog
from .models import Base
from .schema import COPYING, HEAD
from .secret import Secret
from .token import Token
from .upload_part import UploadHome, UploadPart

BATCH = 500
# Kept by triggers, migrations and programs of the target itself.
LEFT_OUT = {"servers", "job_totals", "job_changes", "job_events", "counters", "schema_info"}
_LOCK = 0x66667263  # any number that no other program locks

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Content:
    """The rows of a table: their number, and the sum of the hashes of all of them."""

    rows: int
    checksum: int


def copied_tables() -> Sequence[Table]:
    """Return the tables to copy, each behind those that it refers to."""
    # Imported, so that their tables are there.
    for each in (Installation, JobFile, JobLog, Secret, Token, UploadHome, UploadPart):
        assert each.metadata is Base.metadata
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def open_source(url: str) -> Engine:
    """Return a read-only engine for a SQLite database."""
    path = make_url(url).database or ""
    uri = f"file:{quote(path)}?mode=ro"
    return create_engine(
        "sqlite://",
        module=sqlite.sqlite_module(),
        creator=lambda: sqlite.sqlite_module().connect(uri, uri=True, isolation_level=None),
        poolclass=NullPool,
    )


def copy_all(
    source: Engine, target: Engine, *, report: Report, before_end: Callable[[], None]
) -> dict[str, Content]:
    """Copy every table, compare both, and give the target its version; return what is there.

    Raise ConfigurationError if the target has rows of its own, or differs at the end. What
    `before_end` raises leaves the copy incomplete.
    """
    with _only_copy(target), _snapshot(source) as read:
        _begin(target)
        for table in copied_tables():
            _copy(table, read, target, report)
        found = {table.name: _compare(table, read, target, report) for table in copied_tables()}
        before_end()
        with target.begin() as write:
            _set_version(write, HEAD)
    return found


@contextmanager
def _only_copy(target: Engine) -> Iterator[None]:
    """Hold a lock of the target; raise ConfigurationError if another copy has it."""
    with target.connect() as connection:
        locked = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
        if not locked:
            raise ConfigurationError("another copy into this database is running")
        yield


@contextmanager
def _snapshot(source: Engine) -> Iterator[Connection]:
    """Read the source as it is now, in one transaction."""
    with source.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        yield connection


def _begin(target: Engine) -> None:
    """Mark the target, unless it has the mark of an earlier run; it must be empty."""
    with target.begin() as write:
        if write.scalar(text("SELECT version_num FROM alembic_version")) == COPYING:
            return
        for table in copied_tables():
            if write.execute(select(table).limit(1)).first() is not None:
                raise ConfigurationError(
                    f"the target has rows in {table.name} already; name an empty database"
                )
        _set_version(write, COPYING)


def _set_version(write: Connection, version: str) -> None:
    write.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def _copy(table: Table, read: Connection, target: Engine, report: Report) -> None:
    """Copy the rows behind the last one that is there, one transaction for each batch."""
    total = read.scalar(select(func.count()).select_from(table)) or 0
    with target.connect() as there:
        position, done = _last_key(table, there), _count(table, there)
    while rows := _batch(table, read, position):
        with target.begin() as write:
            write.execute(insert(table), [_storable(row) for row in rows])
        position = tuple(rows[-1]._mapping[column] for column in table.primary_key)
        done += len(rows)
        report(f"{table.name}: {done} of {total} rows")


def _count(table: Table, connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _last_key(table: Table, there: Connection) -> tuple[Any, ...] | None:
    """Return the key of the last copied row, in SQLite's order: that of bytes."""
    keys = [_by_bytes(column).desc() for column in table.primary_key]
    row = there.execute(select(*table.primary_key).order_by(*keys).limit(1)).first()
    return None if row is None else tuple(row)


def _by_bytes(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return collate(column, "C") if isinstance(column.type, String) else column


def _batch(table: Table, read: Connection, position: tuple[Any, ...] | None) -> Sequence[Row[Any]]:
    key = tuple_(*table.primary_key)
    query = select(table).order_by(*table.primary_key).limit(BATCH)
    return read.execute(query if position is None else query.where(key > position)).all()


def _storable(row: Row[Any]) -> dict[str, Any]:
    """Return the values of a row; PostgreSQL has no NUL in texts."""
    return {name: _without_nul(value) for name, value in row._mapping.items()}


def _without_nul(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if type(value) is str and "\0" in value else value


def _compare(table: Table, read: Connection, target: Engine, report: Report) -> Content:
    """Return what both databases have in a table; raise ConfigurationError if it differs."""
    expected = _content(table, read)
    with target.connect() as there:
        found = _content(table, there)
    if found != expected:
        raise ConfigurationError(
            f"{table.name} differs: {expected.rows} rows in the source, {found.rows} in the target"
            + ("" if found.rows != expected.rows else ", with other values")
            + "; the source was used since an earlier, interrupted copy, or the target was changed:"
            " begin again with an empty database"
        )
    report(f"{table.name}: {found.rows} rows are the same")
    return found


def _content(table: Table, connection: Connection) -> Content:
    rows, checksum = 0, 0
    for row in connection.execution_options(yield_per=BATCH).execute(select(table)):
        values = repr(sorted(_storable(row).items())).encode("utf-8", "surrogatepass")
        checksum = (checksum + int.from_bytes(hashlib.sha256(values).digest())) % (1 << 256)
        rows += 1
    return Content(rows, checksum)
