"""Which jobs a list has, and where one of its pages ends."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import ColumnElement, exists

from ffremote.clock import from_iso, to_iso
from ffremote.db.models import Job, JobLabel
from ffremote.db.types import QUEUED, RUNNING
from ffremote.errors import InvalidArgument
from ffremote.ids import is_id
from ffremote.states import JobState


@dataclass(frozen=True, slots=True)
class Cursor:
    """The end of a page: the position of its last job, newest first."""

    created_at: datetime
    job_id: str

    def encode(self) -> str:
        """Return the opaque text that the next request contains."""
        text = f"{to_iso(self.created_at, timespec='microseconds')} {self.job_id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Self:
        """Parse the output of `encode`; raise InvalidArgument for any other text."""
        try:
            padded = text + "=" * (-len(text) % 4)
            created_at, job_id = base64.urlsafe_b64decode(padded).decode("ascii").split(" ")
            if not is_id(job_id):
                raise ValueError(f"{job_id!r} is not an id")
            return cls(from_iso(created_at), job_id)
        except (ValueError, binascii.Error) as exc:
            raise InvalidArgument(
                "cursor", f"{text[:100]!r} is not a cursor that this server returned."
            ) from exc


@dataclass(frozen=True, slots=True)
class Label:
    """A name and a value by which jobs are filtered."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Filter:
    """The jobs of a list: those that have all of what is given.

    `name` is a part of the output's or of the first input's name, upper or lower case.
    """

    states: tuple[JobState, ...] = ()
    label: Label | None = None
    name: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None

    @property
    def is_by_state(self) -> bool:
        """Whether nothing but the state decides."""
        return not self.conditions() and self.name is None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions, but those of states and of the name."""
        found = []
        if self.label is not None:
            found.append(_labeled(self.label))
        if self.created_after is not None:
            found.append(Job.created_at >= self.created_after)
        if self.created_before is not None:
            found.append(Job.created_at < self.created_before)
        return found


def in_state(state: JobState) -> tuple[ColumnElement[bool], ...]:
    """Return the condition of a state in the words of its partial index."""
    if state.is_final:
        return (Job.state == state, Job.finished_at.is_not(None))
    return (Job.state == (QUEUED if state is JobState.QUEUED else RUNNING),)


def _labeled(label: Label) -> ColumnElement[bool]:
    return exists().where(
        JobLabel.job_id == Job.id, JobLabel.name == label.name, JobLabel.value == label.value
    )
