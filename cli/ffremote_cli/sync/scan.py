"""Finds the media files of a folder, and waits until they have stopped growing."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import LocalFileProblem
from ..workflow.inputs import ENDINGS


@dataclass(frozen=True, slots=True)
class Version:
    """The content of a file as far as its size and modification time tell."""

    size: int
    mtime_ns: int

    @classmethod
    def at(cls, path: Path) -> "Version | None":
        """Return the version of the regular file at `path`, or None if there is none."""
        try:
            stat = path.stat()
        except OSError:
            return None
        return cls(stat.st_size, stat.st_mtime_ns) if path.is_file() else None


def scan(folder: Path, *, without: Path) -> dict[str, Version]:
    """Return the media files below `folder` by relative path, without those below `without`.

    Hidden files and folders are left out, and linked folders are not entered. Raises
    LocalFileProblem if the folder itself cannot be read: it would look empty.
    """
    found = {}
    for path in _media_files(folder, _identity(without), is_top=True):
        version = Version.at(path)
        if version is not None and version.size:
            found[path.relative_to(folder).as_posix()] = version
    return found


def _media_files(
    folder: Path, excluded: tuple[int, int] | None, *, is_top: bool = False
) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as exc:
        if is_top:
            raise LocalFileProblem(f"{folder} cannot be read: {exc.strerror}") from exc
        return  # removed meanwhile, or without permission: its files are not visible
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if _identity(path) != excluded:
                yield from _media_files(path, excluded)
        elif path.suffix.lower() in ENDINGS:
            yield path


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


class Settling:
    """Remembers since when each file has its version; `clock` is monotonic seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._seen: dict[str, tuple[Version, float]] = {}

    def settled(self, files: Mapping[str, Version]) -> set[str]:
        """Return which of the files have not changed for the time; forget all others."""
        now = self._clock()
        before, self._seen = self._seen, {}
        for name, version in files.items():
            seen = before.get(name)
            unchanged = seen is not None and seen[0] == version
            self._seen[name] = seen if unchanged and seen is not None else (version, now)
        return {name for name, (_, since) in self._seen.items() if now - since >= self.seconds}
