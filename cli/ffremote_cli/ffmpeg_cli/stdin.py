"""stdin as an input: copied to a temporary file, because its length must be known."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..errors import LocalFileProblem

NAMES = ("-", "pipe:0", "pipe:", "/dev/stdin")
_BLOCK_BYTES = 1 << 20


@contextmanager
def spooled(max_bytes: int) -> Iterator[Path]:
    """Yield the path of a copy of stdin, which is removed at the end.

    Raise LocalFileProblem if stdin has more than `max_bytes`, or the disk is full.
    """
    with tempfile.TemporaryDirectory(prefix="ffremote-") as folder:
        path = Path(folder, "stdin")
        try:
            with path.open("wb") as spool:
                _copy(sys.stdin.buffer, spool, max_bytes)
        except OSError as exc:
            raise LocalFileProblem(
                f"stdin cannot be copied to {folder}: {exc.strerror}",
                hint="TMPDIR names another directory for the copy",
            ) from exc
        yield path


def _copy(stdin: BinaryIO, spool: BinaryIO, max_bytes: int) -> None:
    size = 0
    while block := stdin.read(_BLOCK_BYTES):
        size += len(block)
        if size > max_bytes:
            raise LocalFileProblem(f"stdin has more than {max_bytes} bytes, the server's limit")
        spool.write(block)
