"""Inputs that are bytes or file objects: each becomes a file for the time of the upload."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import LocalFileProblem, Misused

PathLike = str | os.PathLike[str]
Input = PathLike | bytes | BinaryIO
"""A path, the content of a file, or an object opened in binary mode."""

_BLOCK = 1 << 20
_NAME = "input"


@contextmanager
def as_paths(inputs: Sequence[Input]) -> Iterator[list[Path]]:
    """Yield a path for each input; copies are removed at the end.

    An open file of which nothing is read yet is used where it is. Raises Misused for an object that
    is neither, LocalFileProblem if a copy cannot be written.
    """
    if all(isinstance(each, str | os.PathLike) for each in inputs):
        yield [Path(each) for each in inputs if isinstance(each, str | os.PathLike)]
        return
    with tempfile.TemporaryDirectory(prefix="ffremote-") as folder:
        yield [_path(each, Path(folder, str(number))) for number, each in enumerate(inputs)]


def _path(given: Input, folder: Path) -> Path:
    if isinstance(given, str | os.PathLike):
        return Path(given)
    if not isinstance(given, bytes | bytearray | memoryview) and not hasattr(given, "read"):
        raise Misused(f"an input is a path, bytes or a binary file, not {type(given).__name__}")
    if (opened := _opened(given)) is not None:
        return opened
    path = folder / _name(given)
    try:
        folder.mkdir()
        with path.open("wb") as copy:
            if isinstance(given, bytes | bytearray | memoryview):
                copy.write(given)
            else:
                shutil.copyfileobj(given, copy, _BLOCK)
    except TypeError as exc:
        raise Misused("an input was opened as text; open it in binary mode: 'rb'") from exc
    except OSError as exc:
        raise LocalFileProblem(f"an input cannot be copied to {path}: {exc.strerror}") from exc
    return path


def _opened(given: Any) -> Path | None:
    """Return the path of an open file whose bytes are all still to be read, else None."""
    name = getattr(given, "name", None)
    if not isinstance(name, str | os.PathLike):
        return None
    with suppress(OSError, ValueError, AttributeError):  # not a file of the system
        path = Path(name)
        if given.tell() == 0 and os.path.samestat(os.fstat(given.fileno()), path.stat()):
            return path
    return None


def _name(given: object) -> str:
    name = getattr(given, "name", None)
    return (Path(name).name if isinstance(name, str) else "") or _NAME
