"""Inputs that were fetched, by their content: ten jobs of a film fetch it once.

    cache/inputs/{sha256}             a whole file; the inputs of jobs are links to it
    cache/inputs/{sha256}.{token}     one that is being fetched

Files that were not used for longest make room for others. A removed one lives on in the jobs that
have a link to it.
"""

import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ffremote.host.file_system import link_or_copy

STALE_SECONDS = 3600  # without a byte: whoever fetched it is dead


@dataclass(frozen=True, slots=True)
class InputCache:
    """The cache in the directory `root`; all processes of a host share it.

    `limit_bytes` is None for half of the free space of the disk.
    """

    root: Path
    limit_bytes: int | None = None

    def link(self, sha256: str, size: int, target: Path, *, fetch: Callable[[Path], None]) -> None:
        """Make `target` a link to the file with this content; `fetch` it unless it is here.

        A file that is larger than the whole cache is not kept.
        """
        self.root.mkdir(mode=0o700, exist_ok=True)
        if self._link_existing(sha256, target):
            return
        if not self._make_room(size):
            fetch(target)
            return
        partial = self.root / f"{sha256}.{target.name.partition('.')[0]}"
        partial.unlink(missing_ok=True)
        try:
            fetch(partial)
            link_or_copy(partial, target)
            partial.replace(self.root / sha256)
        finally:
            # rename() does nothing if both names are links to the same file
            partial.unlink(missing_ok=True)

    def removable_bytes(self) -> int:
        """Return the bytes of the files that only the cache has; may raise OSError."""
        if not self.root.exists():
            return 0
        found = [each.stat(follow_symlinks=False) for each in os.scandir(self.root)]
        return sum(status.st_size for status in found if status.st_nlink == 1)

    def _link_existing(self, sha256: str, target: Path) -> bool:
        cached = self.root / sha256
        try:
            os.utime(cached)
            link_or_copy(cached, target)
        except FileNotFoundError:
            return False
        return True

    def _make_room(self, size: int) -> bool:
        """Remove files until `size` more bytes fit; return False if they never do."""
        files = sorted(self._files(), key=lambda each: each[1].st_mtime)
        taken = sum(status.st_size for _, status in files)
        limit = self.limit_bytes
        disk = os.statvfs(self.root)
        free = disk.f_bavail * disk.f_frsize
        limit = (free + taken) // 2 if limit is None else limit
        if size <= limit:
            _remove(files, taken + size - limit)
        else:
            _remove(files, 2 * size - free)  # beside it, a result of its size
        return size <= limit

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        """Return the whole files; remove those whose fetch has ended without them."""
        found: list[tuple[Path, os.stat_result]] = []
        with tempfile.TemporaryFile(dir=self.root) as file:
            now = os.fstat(file.fileno()).st_mtime  # by the clock of the file system
        for entry in os.scandir(self.root):
            with suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                if "." not in entry.name:
                    found.append((Path(entry.path), status))
                elif now - status.st_mtime > STALE_SECONDS:
                    Path(entry.path).unlink()
        return found


def _remove(files: Iterable[tuple[Path, os.stat_result]], wanted: int) -> None:
    """Remove the first files until `wanted` bytes are free."""
    for path, status in files:
        if wanted <= 0:
            return
        path.unlink(missing_ok=True)
        wanted -= status.st_size
