"""Strict parsing of untrusted JSON: stricter than `json.loads`."""

import json
from typing import Any, NoReturn

from ffremote.errors import InvalidArgument

MAX_BYTES = 64 * 1024
MAX_DEPTH = 8
MAX_DIGITS = 30


def read_object(raw: bytes, *, field: str = "job") -> dict[str, Any]:
    """Return the JSON object in `raw`; raise InvalidArgument for anything else.

    Besides bad syntax, the parser refuses duplicate keys (parsers disagree on which one counts),
    NaN and Infinity, numbers longer than MAX_DIGITS, deep nesting and invalid Unicode.
    """
    if len(raw) > MAX_BYTES:
        raise InvalidArgument(
            field, f"The job JSON has {len(raw)} bytes; the maximum is {MAX_BYTES}."
        )
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique_keys,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_number,
        )
        _check(value, 0)
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


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"has the key {key[:60]!r} twice")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"contains {name}, which is not a JSON number")


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"contains a number of {len(text)} digits; the maximum is {MAX_DIGITS}")
    return int(text)


def _number(text: str) -> float:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"contains a number of {len(text)} digits; the maximum is {MAX_DIGITS}")
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"contains {text}, which is out of range")
    return value


def _check(value: Any, depth: int) -> None:
    """Refuse nesting beyond MAX_DEPTH and text that cannot be encoded as UTF-8."""
    if depth > MAX_DEPTH:
        raise ValueError(f"is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise ValueError("contains half a surrogate pair, which is not a character") from exc


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return "a string"
    return "null" if value is None else "a number or boolean"
