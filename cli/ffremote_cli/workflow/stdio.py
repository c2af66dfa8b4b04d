"""stdin as an input and stdout as a result, each by way of a temporary file.

The length of an input must be known, and a result is verified before its first byte is printed.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import LocalFileProblem, Misused
from .batch import Batch
from .folders import makes_files

STDIN = ("-", "pipe:0", "pipe:", "/dev/stdin")
STDOUT = ("-", "pipe:1", "pipe:")
STREAM = "-"
"""What stands for stdin or stdout in an option of `ffremote run`."""

_INPUTS = ("inputs", "paths")
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


def print_file(path: Path) -> None:
    """Write the bytes of the file to stdout."""
    with path.open("rb") as result:
        shutil.copyfileobj(result, sys.stdout.buffer, _BLOCK_BYTES)
    sys.stdout.buffer.flush()


@contextmanager
def files_for_streams(
    values: Mapping[str, Any], output: str | None, *, limit: Callable[[], int] | None
) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Yield typed values with a file in place of stdin, and a directory for a result on stdout.

    Both are removed at the end. `limit` returns the most bytes that stdin may have; without it, as
    for a dry run, stdin is only named. Raises Misused for stdin as one of several inputs.
    """
    with ExitStack() as stack:
        found = dict(values)
        words = [word for key in _INPUTS for word in values[key]]
        if Path(STREAM) in words:
            if len(words) > 1:
                raise Misused("- is stdin, which cannot be one of several inputs")
            path = stack.enter_context(spooled(limit())) if limit else Path("stdin")
            found |= {"inputs": (path,), "paths": ()}
        if output == STREAM:
            output = f"{stack.enter_context(tempfile.TemporaryDirectory(prefix='ffremote-'))}/"
        yield found, output


def require_one_result(batch: Batch, *, detach: bool, as_json: bool) -> None:
    """Raise Misused unless the batch has one file, which can be printed on stdout."""
    if as_json:
        raise Misused("--json and -o - both write to stdout")
    if detach:
        raise Misused("--detach and -o - exclude each other: there is no result yet")
    if len(batch.firsts) != 1 or makes_files(batch.job):
        raise Misused("-o - is stdout, which takes one file", hint="use a directory: -o out/")
