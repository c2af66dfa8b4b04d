"""Names of files for the other side: a label for the server, a safe local name for what it says."""

import os
import re
import unicodedata

LONGEST = 255
"""Bytes; of a name on the server and on the usual file systems."""

_SEPARATORS = re.compile(r"[/\\]")
_WINDOWS = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of what is not seen: controls, direction marks, lone surrogates, separators.

A lone surrogate is how Python holds a byte of a name that is no UTF-8.
"""
_ENDS = re.compile(r"^[\s-]+|[\s.]+$")


def server_label(name: str) -> str:
    """Return a name for the server that is as near to the local file name as it takes.

    The server keeps names as labels only, so a byte that is no UTF-8, a leading dash or a
    backslash becomes `_` there while the file here keeps its own name. The extension stays: the
    server reads the container from it.
    """
    return _shortened(_cleaned(name))


def local_name(name: str) -> str:
    """Return a bare file name that this system can hold and that shows as what it is."""
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
    """Cut the stem, not the extension."""
    raw = name.encode()
    if len(raw) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    tail = f"{dot}{extension}".encode()
    if not stem or len(tail) > LONGEST // 2:
        return raw[:LONGEST].decode(errors="ignore")
    return (stem.encode()[: LONGEST - len(tail)] + tail).decode(errors="ignore")
