"""Cleans file names: for the server, and names from the server for this system."""

import os
import re
import unicodedata

LONGEST = 255
"""Bytes. The limit of the server and of common file systems."""

_SEPARATORS = re.compile(r"[/\\]")
_WINDOWS = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of invisible characters: control, direction mark, surrogate, separator.

Python represents a byte of a name that is not UTF-8 as a lone surrogate.
"""
_ENDS = re.compile(r"^[\s-]+|[\s.]+$")


def server_label(name: str) -> str:
    """Return the file name as the server accepts it.

    The server only displays the name. Bytes that are not UTF-8, leading dashes and backslashes
    become `_`; the local file keeps its name. The extension stays, because the server derives the
    container from it.
    """
    return _shortened(_cleaned(name))


def local_name(name: str) -> str:
    """Return a bare file name that is valid on this system and has no invisible characters."""
    cleaned = _cleaned(name)
    if os.name == "nt":
        cleaned = _WINDOWS.sub("_", cleaned)
    return _shortened(cleaned)


def _cleaned(name: str) -> str:
    shown = "".join("_" if unicodedata.category(each) in _HIDDEN else each for each in name)
    bare = _SEPARATORS.sub("_", shown)
    inner = _ENDS.sub(lambda match: "_" * len(match[0]), bare)
    return f"_{inner}" if not inner or _DEVICES.match(inner) else inner


def _shortened(name: str) -> str:
    """Return the name cut to LONGEST bytes, with its extension."""
    raw = name.encode()
    if len(raw) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    tail = f"{dot}{extension}".encode()
    if not stem or len(tail) > LONGEST // 2:
        return raw[:LONGEST].decode(errors="ignore")
    return (stem.encode()[: LONGEST - len(tail)] + tail).decode(errors="ignore")
