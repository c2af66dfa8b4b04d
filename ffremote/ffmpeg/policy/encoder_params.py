"""Private parameters of encoders (`-x264-params` and its like), checked key by key."""

import re

from .tables import table
from .value_rules import read_value

_VALUE = re.compile(r"[A-Za-z0-9.,_+\-()]{0,80}", re.ASCII)
MAX_TEXT = 1024


def read_params(encoder: str, text: str) -> str:
    """Return `key=value:key` anew; raise ValueError for a key or value that is not allowed.

    Keys that name files (stats, csv, analysis-save, film-grain tables …) are in no list.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"parameters of {MAX_TEXT} characters at most")
    found: dict[str, str] = {}
    for part in text.split(":"):
        key, equals, value = part.partition("=")
        if key in found:
            raise ValueError(f"parameters without {key!r} twice")
        found[key] = f"{key}={_checked(encoder, key, value)}" if equals else _flag(encoder, key)
    return ":".join(found.values())


def _flag(encoder: str, key: str) -> str:
    _checked(encoder, key, "1")
    return key


def _checked(encoder: str, key: str, value: str) -> str:
    allowed = table("params")[encoder]
    if key not in allowed["keys"]:
        raise ValueError(f"key=value pairs joined by ':', and {key[:40]!r} is not among the keys")
    if key in allowed["values"]:
        return read_value(allowed["values"][key], value)
    if not _VALUE.fullmatch(value):
        raise ValueError(f"key=value pairs, and {key}={value[:40]!r} has no plain value")
    return value
