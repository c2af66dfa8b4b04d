"""A download in progress: a locked file beside the target, renamed to it once complete."""

import fcntl
import hashlib
import os
from io import FileIO
from pathlib import Path
from typing import Self

from ...errors import LocalFileProblem
from .overwrite_guard import Sources

_BLOCK = 1 << 20
_LONGEST_NAME = 255


class PartialFile:
    """The bytes received so far, with their size and running sha256.

    Entering continues the file of an earlier attempt with the same `label`. The label is made from
    the job, so that bytes of another job's result are never continued.
    """

    def __init__(self, target: Path, label: str) -> None:
        suffix = f".{label}.partial"
        stem = os.fsencode(target.name)[: _LONGEST_NAME - len(suffix)]
        self.target = target
        self.path = target.with_name(os.fsdecode(stem) + suffix)
        self.size = 0
        self._is_published = False

    def __enter__(self) -> Self:
        try:
            # Not buffered: a full disk must not keep bytes back that are counted already.
            self._file: FileIO = self.path.open("a+b", buffering=0)
        except OSError as exc:
            raise _problem(self.target.parent, "cannot be written to", exc) from exc
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            self._file.close()
            raise LocalFileProblem(f"{self.target} is being downloaded already") from exc
        self._hash_existing()
        return self

    def __exit__(self, *_: object) -> None:
        if not self.size and not self._is_published:  # nothing to continue, such as a refusal
            self.path.unlink(missing_ok=True)
        self._file.close()

    @property
    def sha256(self) -> str:
        """The sha256 of all bytes so far, in hexadecimal."""
        return self._sha256.hexdigest()

    def append(self, block: bytes) -> None:
        """Append received bytes."""
        rest = memoryview(block)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as exc:
            raise _problem(self.target, "cannot be written", exc) from exc
        self._sha256.update(block)
        self.size += len(block)

    def start_again(self) -> None:
        """Discard all bytes."""
        self._file.seek(0)
        self._file.truncate()
        self._sha256 = hashlib.sha256()
        self.size = 0

    def publish(self, *, overwrite: bool, sources: Sources) -> None:
        """Rename the complete file to the target, unless that is one of the sources."""
        try:
            os.fsync(self._file.fileno())
            sources.refuse(self.target)
            _rename(self.path, self.target, overwrite=overwrite)
            self._is_published = True
        except OSError as exc:
            raise _problem(self.target, "cannot be written", exc) from exc

    def _hash_existing(self) -> None:
        self._sha256 = hashlib.sha256()
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            self._sha256.update(block)
        self.size = self._file.tell()


def refuse_existing(target: Path) -> None:
    """Raise LocalFileProblem if `target` exists."""
    if target.exists():
        raise LocalFileProblem(f"{target} exists already", hint="-y overwrites it")


def _rename(source: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        source.replace(target)
        return
    # link() creates the name and refuses an existing one in one step; rename() replaces it.
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
