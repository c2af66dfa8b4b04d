"""How classes become tables: their base class, the names of constraints, the types of columns."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, registry

from ffremote.states import FailureReason, JobState, Phase, WorkerState

from .types import KnownOrText, UtcDateTime, enum_column


class UploadState(StrEnum):
    """The state of an upload."""

    ARRIVING = "arriving"
    COMPLETE = "complete"
    REMOVED = "removed"


class Base(DeclarativeBase):
    """The base class of all models."""

    # One registry, because Flask-SQLAlchemy derives a base class of its own from this one.
    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime,
            dict[str, Any]: JSON(none_as_null=True),
            list[str]: JSON(none_as_null=True),
            JobState: enum_column(JobState),
            Phase: KnownOrText(Phase),
            FailureReason: KnownOrText(FailureReason),
            UploadState: enum_column(UploadState),
            WorkerState: enum_column(WorkerState),
            str: Text,
        },
    )
