"""The kinds of columns that the registry needs beyond SQLAlchemy's own."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Dialect, Enum, String, TypeDecorator, literal_column
from sqlalchemy.types import TypeEngine

from ffremote.states import JobState

FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


# Literals, because a partial index serves only a query that names its condition in so many words.
QUEUED: ColumnElement[JobState] = literal_column("'queued'")


RUNNING: ColumnElement[JobState] = literal_column("'running'")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime; naive ones are refused, because nobody knows what they mean."""

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


def words(kind: type[StrEnum]) -> Enum:
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )
