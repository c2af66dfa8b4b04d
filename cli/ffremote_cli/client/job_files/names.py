"""Checks the names of a job's files before one of them becomes a path: a server may be hostile."""

import unicodedata
from collections.abc import Sequence

from ...errors import LocalFileProblem
from ...file_names import local_name
from ..models import JobFile


def refuse_names(files: Sequence[JobFile], label: str) -> None:
    """Raise LocalFileProblem unless all names are plain, and differ on every file system.

    `label` is part of the names of partial files, which no file may have.
    """
    seen: dict[str, str] = {}
    for file in files:
        name = file.name
        if not name or name != local_name(name) or not _is_text(name):
            raise LocalFileProblem(
                f"the server names a file {name[:255]!r}, which is not safe here"
            )
        if name.endswith(f".{label}.partial"):
            raise LocalFileProblem(f"the server names a file {name!r}, like a partial download")
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            raise LocalFileProblem(
                f"the server names two files {seen[folded]!r} and {name!r},"
                " which are the same on some file systems"
            )
        seen[folded] = name


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return name not in (".", "..")
