"""Private parameters of encoders (`-x264-params` etc.), checked key by key."""

import re

from .tables import table
from .value_rules import read_value

_VALUE = re.compile(r"[A-Za-z0-9.,_+\-()]{0,80}", re.ASCII)
MAX_TEXT = 1024
_DASHED = ("x264", "x265")


def read_params(encoder: str, text: str) -> str:
    """Return `key=value:key` rebuilt from checked parts; raise ValueError for what is not allowed.

    No list contains keys that name files (stats, csv, analysis-save, film-grain tables …).
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"at most {MAX_TEXT} characters are allowed")
    found: dict[str, str] = {}
    for part in text.split(":"):
        name, equals, value = part.partition("=")
        key = _known(encoder, name)
        if key in found:
            raise ValueError(f"the parameter {key[:40]!r} is given twice")
        found[key] = f"{key}={_checked(encoder, key, value)}" if equals else _flag(encoder, key)
    return ":".join(found.values())


def _known(encoder: str, name: str) -> str:
    """Return the name of the table for `min_keyint`: x264 and x265 read `_` as `-`.

    x264 knows `keyint-min`, FFmpeg's name of `min-keyint`, too.
    """
    keys = table("params")[encoder]["keys"]
    dashed = name.replace("_", "-")
    dashed = "min-keyint" if (encoder, dashed) == ("x264", "keyint-min") else dashed
    return dashed if encoder in _DASHED and name not in keys and dashed in keys else name


def _flag(encoder: str, key: str) -> str:
    _checked(encoder, key, "1")
    return key


def _checked(encoder: str, key: str, value: str) -> str:
    allowed = table("params")[encoder]
    if key not in allowed["keys"]:
        raise ValueError(f"the parameter {key[:40]!r} is not allowed")
    if key in allowed["values"]:
        return read_value(allowed["values"][key], value)
    if not _VALUE.fullmatch(value):
        raise ValueError(f"{key}={value[:40]!r} has characters that are not allowed")
    return value
