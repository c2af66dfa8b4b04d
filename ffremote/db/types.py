"""Columns and expressions beyond SQLAlchemy's own: UTC times, enums, literals, partial indexes."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    Index,
    String,
    TypeDecorator,
    literal_column,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from ffremote.states import JobState

FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"

# Literals instead of bound values: a partial index serves only a query that repeats its condition.
QUEUED: ColumnElement[JobState] = literal_column("'queued'")
RUNNING: ColumnElement[JobState] = literal_column("'running'")
READY: ColumnElement[str] = literal_column("'ready'")
WAITS: ColumnElement[str] = literal_column("'waits'")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime; naive values are refused, because their time zone is unknown."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        value = value.astimezone(UTC)
        return value.strftime(FORMAT) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if isinstance(value, str):
            return datetime.strptime(value, FORMAT).replace(tzinfo=UTC)
        return None if value is None else value.astimezone(UTC)


def enum_column(kind: type[StrEnum]) -> Enum:
    """Return a text column type with the values of `kind`; the database does not check them."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


class KnownOrText(TypeDecorator[StrEnum]):
    """A text column with values of `kind`, in which a newer version may have stored others.

    These load as plain text, so that this version can still serve the row.
    """

    impl = String(24)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind
        self.known = frozenset(kind)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return self.kind(value) if value in self.known else value


def partial_index(name: str, *columns: str, where: str) -> Index:
    """Return an index of the rows that match `where`, in both databases."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class DatabaseNow(FunctionElement[datetime]):
    """The current time of the database's clock, in SQL."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(DatabaseNow)
def _now(_element: DatabaseNow, _compiler: Any, **_options: Any) -> str:
    return "clock_timestamp()"


@compiles(DatabaseNow, "sqlite")
def _sqlite_now(_element: DatabaseNow, _compiler: Any, **_options: Any) -> str:
    return "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')"  # in the form of FORMAT
