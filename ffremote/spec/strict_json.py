"""JSON text from strangers, read without the leniency of `json.loads`."""

import json
from typing import Any, NoReturn

from ffremote.errors import InvalidArgument

MAX_BYTES = 64 * 1024
MAX_DEPTH = 8
MAX_DIGITS = 30


def read_object(raw: bytes, *, field: str = "job") -> dict[str, Any]:
    """Return the JSON object in `raw`; raise InvalidArgument for anything else.

    Refused besides bad syntax: duplicate keys (two readers would see two jobs), NaN and Infinity,
    numbers of absurd length, deep nesting, and text that is not valid Unicode.
    """
    if len(raw) > MAX_BYTES:
        raise InvalidArgument(field, f"The job JSON has {len(raw)} bytes; {MAX_BYTES} is the most.")
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_number,
        )
        _walk(value, 0)
    except UnicodeDecodeError as exc:
        raise InvalidArgument(field, "The job JSON is not valid UTF-8.") from exc
    except json.JSONDecodeError as exc:
        place = f"line {exc.lineno}, column {exc.colno}"
        raise InvalidArgument(field, f"This is not JSON: {exc.msg} at {place}.") from exc
    except RecursionError as exc:
        raise InvalidArgument(field, "The job JSON is nested too deeply.") from exc
    except ValueError as exc:
        raise InvalidArgument(field, f"The job JSON {exc}.") from exc
    if not isinstance(value, dict):
        raise InvalidArgument(field, f"A job is a JSON object, not {_kind(value)}.")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"has the key {key[:60]!r} twice")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"holds {name}, which is no JSON number")


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"holds a number of {len(text)} digits")
    return int(text)


def _number(text: str) -> float:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"holds a number of {len(text)} digits")
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"holds {text}, which no number can hold")
    return value


def _walk(value: Any, depth: int) -> None:
    """Refuse nesting past MAX_DEPTH and text that cannot be written again."""
    if depth > MAX_DEPTH:
        raise ValueError(f"is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _walk(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _walk(item, depth + 1)


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise ValueError("holds half a surrogate pair, which is no character") from exc


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return "a string"
    return "null" if value is None else "a number or boolean"
