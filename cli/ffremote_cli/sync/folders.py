"""The two folders of a sync: checked, and locked against a second sync."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import LocalFileProblem, Misused


def check_folders(source: Path, target: Path) -> None:
    """Create the output folder; raise Misused or LocalFileProblem for folders that cannot be."""
    if not source.is_dir():
        raise LocalFileProblem(f"{source} is not a directory")
    real_source, real_target = source.resolve(), target.resolve()
    if real_source == real_target or real_target in real_source.parents:
        raise Misused(
            f"{source} is {'also the output' if real_source == real_target else f'in {target}'}",
            hint="the results go into a directory of their own, which may be in the input's",
        )
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        reason = "a file has that name" if isinstance(exc, FileExistsError) else exc.strerror
        raise LocalFileProblem(f"the directory {target} cannot be created: {reason}") from exc
    if source.samefile(target):  # another name of it, such as a bind mount
        raise Misused(f"{source} and {target} are the same directory")
    if not os.access(target, os.W_OK | os.X_OK):
        raise LocalFileProblem(f"the directory {target} cannot be written to")


@contextmanager
def locked(source: Path, target: Path, *, deletes: bool) -> Iterator[None]:
    """Hold the folders until the end, or raise Misused: another sync has one of them.

    Several syncs may read one folder, as long as none of them deletes what it has read.
    """
    with (
        _lock(target, fcntl.LOCK_EX, "writes into"),
        _lock(source, fcntl.LOCK_EX if deletes else fcntl.LOCK_SH, "uses"),
    ):
        yield


@contextmanager
def _lock(folder: Path, kind: int, verb: str) -> Iterator[None]:
    """Lock the directory itself, so that the lock moves with it and leaves no file."""
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as exc:
        raise LocalFileProblem(f"{folder} cannot be opened: {exc.strerror}") from exc
    try:
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise Misused(f"another `ffremote sync` {verb} {folder}") from exc
        yield
    finally:
        os.close(fd)
