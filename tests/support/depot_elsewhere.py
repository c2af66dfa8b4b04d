"""A depot that shares no directory with the scratch of its hosts, as an object store."""

import os
from collections.abc import Sequence
from pathlib import Path

from ffremote.depot.local import LocalDepot
from ffremote.depot.protocol import Described, Kept, Presentation
from ffremote.files.storage import Storage

LINK = "https://depot.example/a%20file?signature=1&seconds="


class DepotElsewhere(LocalDepot):
    """Whole files in a directory of its own."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, root)
        self.root = root

    def keep(self, path: Path, key: str, *, sha256: str | None = None) -> Kept:
        """Keep a file as an object store does: without directories."""
        (self.root / key).parent.mkdir(parents=True, exist_ok=True)
        return super().keep(path, key, sha256=sha256)

    def keep_all(self, folder: Path, key: str, files: Sequence[Described]) -> None:
        """Keep a folder likewise."""
        (self.root / key).parent.mkdir(parents=True, exist_ok=True)
        super().keep_all(folder, key, files)

    def link(self, key: str, presentation: Presentation, *, seconds: int) -> str:
        """Return a URL, as if someone served the files."""
        return f"{LINK}{seconds}"

    def age(self, key: str, seconds: float) -> None:
        """Make a file older."""
        path = self.root / key
        status = path.stat()
        os.utime(path, (status.st_atime, status.st_mtime - seconds))


def move_depot(storage: Storage, root: Path) -> DepotElsewhere:
    """Give a storage an empty depot elsewhere."""
    root.mkdir()
    depot = DepotElsewhere(root)
    storage.depot = depot
    return depot
