"""Where the input of an ffmpeg command line comes from, and where its output goes."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from .errors import LocalFileProblem
from .sources import Sources
from .translate import Translation

_STDIN = ("-", "pipe:0", "pipe:")
_STDOUT = ("-", "pipe:1", "pipe:")


@contextmanager
def source_of(means: Translation) -> Iterator[Path]:
    """The file to send; what comes from stdin is kept in a temporary file."""
    if means.input not in _STDIN:
        yield Path(means.input)
        return
    with tempfile.TemporaryDirectory(prefix="ffremote-") as folder:
        path = Path(folder, "stdin")
        with path.open("wb") as spool:
            shutil.copyfileobj(sys.stdin.buffer, spool, 1 << 20)
        yield path


@contextmanager
def target_of(means: Translation, source: Path, *, overwrite: bool | None) -> Iterator[Path]:
    """The file for the result; one that goes to stdout is temporary and printed at the end.

    Raises LocalFileProblem for the input itself, which `overwrite` does not change, for a missing
    directory, and for a file that is there and may not be overwritten; None asks the person.
    """
    if means.output in _STDOUT:
        with tempfile.TemporaryDirectory(prefix="ffremote-") as folder:
            target = Path(folder, means.job["output_filename"])
            yield target
            _print(target)
        return
    target = Path(means.output)
    _refuse_source(target, source)
    if not target.parent.is_dir():
        raise LocalFileProblem(f"{target}: No such file or directory")
    if target.exists() and not _may_overwrite(target, overwrite):
        raise LocalFileProblem(f"File '{target}' already exists. Exiting.")
    yield target


def _refuse_source(target: Path, source: Path) -> None:
    try:
        Sources.of([source]).refuse(target)
    except LocalFileProblem as exc:
        raise LocalFileProblem(
            f"Output {target} same as Input #0 - exiting",
            hint="-y does not change that: a result never replaces its input; name another output",
        ) from exc


def _may_overwrite(target: Path, overwrite: bool | None) -> bool:
    if overwrite is not None or not sys.stdin.isatty():
        return bool(overwrite)
    return click.confirm(f"File '{target}' already exists. Overwrite?", err=True)


def _print(path: Path) -> None:
    with path.open("rb") as film:
        shutil.copyfileobj(film, sys.stdout.buffer, 1 << 20)
    sys.stdout.buffer.flush()
