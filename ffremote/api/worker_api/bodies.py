"""JSON bodies from workers: bounded, and nothing in them that a database refuses."""

import json
from typing import Any, TypeVar

from pydantic import ValidationError

from ffremote.errors import FileTooLarge, InvalidArgument
from ffremote.ledger.wire import SMALL_BODY_BYTES, Body

from ..ingest.request_body import content_length, read_all

B = TypeVar("B", bound=Body)

MAX_DEPTH = 30
MAX_NUMBER = 1 << 63


def read(model: type[B], *, limit: int = SMALL_BODY_BYTES) -> B:
    """Return the body of the current request; raise FileTooLarge or InvalidArgument."""
    length = content_length()
    if length > limit:
        raise FileTooLarge(f"The body has {length} bytes; the limit is {limit}.", max_bytes=limit)
    try:
        value = json.loads(read_all(), parse_constant=_refuse_constant)
        _require_plain(value, MAX_DEPTH)
        return model.model_validate(value)
    except ValidationError as exc:
        first = exc.errors(include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise InvalidArgument(field, f"{field}: {first['msg'].lower()}.") from exc
    except (ValueError, RecursionError) as exc:
        raise InvalidArgument("body", "The body is not JSON that can be stored.") from exc


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _require_plain(value: Any, depth: int) -> None:
    """Raise ValueError for texts with NUL or half a character, and for what is nested too deep."""
    if depth == 0:
        raise ValueError("too deep")
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        for each in value:
            _require_plain(each, depth - 1)
    elif isinstance(value, str):
        if "\0" in value.encode().decode():  # raises for half a character
            raise ValueError("NUL")
    elif isinstance(value, int) and abs(value) >= MAX_NUMBER:
        raise ValueError("too large")
