"""The query of `GET /jobs`, parsed: filters, size of a page, cursor."""

import re
from datetime import datetime

from werkzeug.datastructures import MultiDict

from ffremote.clock import from_iso
from ffremote.errors import InvalidArgument
from ffremote.jobs.lists.filters import Cursor, Filter, Label
from ffremote.states import JobState

from ..openapi.shapes import LABEL_PATTERN, NAME_CHARACTERS

MAX_LIMIT = 500
_LIMIT = re.compile(r"[0-9]{1,9}", re.ASCII)
_LABEL = re.compile(LABEL_PATTERN)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def filter_of(query: MultiDict[str, str]) -> Filter:
    """Return the filter that a query describes; raise InvalidArgument."""
    return Filter(
        states=tuple(_state(text) for text in query.getlist("state")),
        label=_label(query.get("label")),
        name=_name(query.get("name")),
        created_after=_time("created_after", query.get("created_after")),
        created_before=_time("created_before", query.get("created_before")),
    )


def limit(text: str) -> int:
    """Return how many items a page may have; raise InvalidArgument."""
    number = int(text) if _LIMIT.fullmatch(text) else 0
    if not 1 <= number <= MAX_LIMIT:
        raise InvalidArgument("limit", f"{text[:40]!r} is not a number from 1 to {MAX_LIMIT}.")
    return number


def cursor(text: str | None) -> Cursor | None:
    """Return where the page begins, None: with the newest job; raise InvalidArgument."""
    return None if text is None else Cursor.decode(text)


def _state(text: str) -> JobState:
    try:
        return JobState(text)
    except ValueError as exc:
        allowed = ", ".join(JobState)
        raise InvalidArgument(
            "state", f"{text[:40]!r} is not a state; the states are {allowed}."
        ) from exc


def _label(text: str | None) -> Label | None:
    if text is None:
        return None
    if not _LABEL.fullmatch(text):
        raise InvalidArgument("label", f"{text[:100]!r} is not a label; write name=value.")
    name, _, value = text.partition("=")
    return Label(name, value)


def _name(text: str | None) -> str | None:
    if not text:
        return None
    if len(text) > NAME_CHARACTERS or _CONTROL.search(text):
        raise InvalidArgument(
            "name",
            f"{text[:40]!r} is not a part of a name: at most {NAME_CHARACTERS} characters, none of "
            "them a control character.",
        )
    return text


def _time(field: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return from_iso(text)
    except ValueError as exc:
        raise InvalidArgument(
            field, f"{text[:40]!r} is not a time; write for example 2026-01-31T12:00:00Z."
        ) from exc
