"""A file that is still arriving: beside its final name, locked, renamed once it is whole."""

import fcntl
import hashlib
import os
from pathlib import Path
from typing import BinaryIO, Self

from ...errors import LocalFileProblem
from .overwrite_guard import Sources

_BLOCK = 1 << 20
_LONGEST_NAME = 255


class PartialFile:
    """Opened, it holds the bytes that an earlier try left, and their running sha256."""

    def __init__(self, target: Path, mark: str) -> None:
        # The mark is of the job: what is left of another job's result is never taken up.
        suffix = f".{mark}.partial"
        stem = os.fsencode(target.name)[: _LONGEST_NAME - len(suffix)]
        self.target = target
        self.path = target.with_name(os.fsdecode(stem) + suffix)
        self.size = 0

    def __enter__(self) -> Self:
        try:
            self._file: BinaryIO = self.path.open("a+b")
        except OSError as exc:
            raise _problem(self.target.parent, "cannot be written to", exc) from exc
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            self._file.close()
            raise LocalFileProblem(f"{self.target} is being downloaded already") from exc
        self._take_up()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def sha256(self) -> str:
        """Of all bytes so far, in hex."""
        return self._sha256.hexdigest()

    def append(self, block: bytes) -> None:
        """Add what arrived."""
        try:
            self._file.write(block)
        except OSError as exc:
            raise _problem(self.target, "cannot be written", exc) from exc
        self._sha256.update(block)
        self.size += len(block)

    def start_again(self) -> None:
        """Throw away what is there."""
        self._file.seek(0)
        self._file.truncate()
        self._sha256 = hashlib.sha256()
        self.size = 0

    def publish(self, *, overwrite: bool, sources: Sources) -> None:
        """Give the file its name, unless that is a source's; the name only ever has all of it."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            sources.refuse(self.target)
            _rename(self.path, self.target, overwrite=overwrite)
        except OSError as exc:
            raise _problem(self.target, "cannot be written", exc) from exc

    def _take_up(self) -> None:
        self._sha256 = hashlib.sha256()
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            self._sha256.update(block)
        self.size = self._file.tell()


def refuse_existing(target: Path) -> None:
    """Raise when `target` is there: nothing is overwritten that nobody asked to overwrite."""
    if target.exists():
        raise LocalFileProblem(f"{target} exists already", hint="-y overwrites it")


def _rename(source: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        source.replace(target)
        return
    # link() refuses an existing name in the same step that makes it; a rename would not.
    try:
        target.hardlink_to(source)
    except FileExistsError:
        refuse_existing(target)
        raise
    except OSError:  # a file system without hard links
        refuse_existing(target)
        source.rename(target)
        return
    source.unlink()


def _problem(path: Path, what: str, exc: OSError) -> LocalFileProblem:
    return LocalFileProblem(f"{path} {what}: {exc.strerror or exc}")
