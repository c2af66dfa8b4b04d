"""Whole files in the data directory of this host; a key is a path below it."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ffremote.host.file_system import link_or_copy, remove_tree, sync

from . import keys
from .file_part import FilePart
from .protocol import DepotAway, Described, Entry, Kept, Presentation

BLOCK_BYTES = 1 << 20


class LocalDepot:
    """The depot in `root`, whose `Storage` makes the directories.

    Both share the directory of an upload and of a job, so a file is kept by a rename, fetched by a
    hard link, and removed with what else is there. `cache` is where it tries to write.
    """

    def __init__(self, root: Path, cache: Path) -> None:
        self._root = root
        self._cache = cache

    is_on_this_disk = True

    def has(self, name: str | None) -> bool:
        """Return whether it is no key of an object store."""
        return name is None

    def own(self, installation: str) -> None:
        """Do nothing: the directory is that of the installation."""

    def in_parts(self, size: int) -> None:
        """Return None: a file is kept by a rename."""

    def remove_leftovers(
        self, min_age: float, needed: Callable[[Collection[str]], Collection[str]]
    ) -> int:
        """Return 0, for the same reason."""
        return 0

    def keep(self, path: Path, key: str, *, sha256: str | None = None) -> Kept:
        """Rename the file, synced to disk before any row refers to it."""
        target = self._path(key)
        sha256 = sha256 or _sha256(path)
        sync(path)
        path.replace(target)
        sync(target.parent)
        if key.startswith("uploads/"):
            sync(target.parent.parent)  # the upload's directory was made with it
        return Kept(target.stat().st_size, sha256)

    def keep_all(self, folder: Path, key: str, files: Sequence[Described]) -> None:
        """Rename the directory."""
        folder.rename(self._folder(key))
        sync(folder.parent)

    def share(self, key: str, path: Path) -> None:
        """Replace the file by a hard link."""
        link = path.with_name("link")
        try:
            os.link(self._path(key), link)
            link.replace(path)
        except OSError:
            link.unlink(missing_ok=True)

    def fetch(
        self,
        key: str,
        path: Path,
        *,
        sha256: str | None = None,
        go_on: Callable[[], bool] = lambda: True,
    ) -> None:
        """Make `path` a hard link; a copy where links are not possible."""
        link_or_copy(self._path(key), path)

    def size(self, key: str) -> int:
        """Return the size of the file now."""
        return self._path(key).stat().st_size

    def open(self, key: str, start: int, stop: int) -> FilePart:
        """Open the file at `start`; once open, it can be read although it was removed."""
        return FilePart(self._path(key), start, stop)

    def link(self, key: str, presentation: Presentation, *, seconds: int) -> str | None:
        """Return None: only programs of this host can read its disk."""
        return None

    def listed(self, under: str) -> Iterator[Entry]:
        """Yield the files below a directory, but not what the `Storage` has there."""
        if under not in keys.ROOTS:
            keys.require_folder(under)
        with tempfile.TemporaryFile(dir=self._cache) as file:
            now = os.fstat(file.fileno()).st_mtime
        return self._below(under, now)

    def _below(self, folder: str, now: float) -> Iterator[Entry]:
        try:
            found = list(os.scandir(self._root / folder))
        except (FileNotFoundError, NotADirectoryError):
            return
        for each in found:
            key = f"{folder}/{each.name}"
            if keys.is_folder(key):
                yield from self._below(key, now)
            elif keys.owner(key) is not None:
                with suppress(FileNotFoundError):
                    status = each.stat(follow_symlinks=False)
                    yield Entry(key, status.st_size, now - status.st_mtime)

    def remove(self, key: str) -> None:
        """Remove the file."""
        self._path(key).unlink(missing_ok=True)

    def remove_all(self, folder: str) -> None:
        """Remove the directory, with what the `Storage` has in it."""
        remove_tree(self._folder(folder))

    def check(self) -> None:
        """Raise DepotAway if no file can be created in the data directory."""
        try:
            with tempfile.TemporaryFile(dir=self._cache):
                return
        except OSError as exc:
            raise DepotAway(f"No file can be written: {exc.strerror}.") from exc

    def _path(self, key: str) -> Path:
        keys.require_key(key)
        return self._root / key

    def _folder(self, folder: str) -> Path:
        keys.require_folder(folder)
        return self._root / folder


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
