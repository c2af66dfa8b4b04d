"""Uploads kept on disk: one under way, to go on with; one that is whole, to use once more."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .film import Film


@dataclass(frozen=True, slots=True)
class Record:
    """Where an upload is on the server, and the job that waits for it."""

    upload_url: str
    job_id: str

    @property
    def upload_id(self) -> str:
        """The upload's id, by which another job may name it."""
        return self.upload_url.rpartition("/")[2]


class Records:
    """A file for each upload, named by everything that must be the same to go on with it."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def find(self, key: str) -> Record | None:
        """The record that an earlier run left, or None."""
        path = self._path(key)
        try:
            said: dict[str, Any] = json.loads(path.read_text()) if path else {}
            return Record(said["upload_url"], said["job_id"])
        except (OSError, ValueError, KeyError):
            return None  # none there, or torn by a crash: the upload begins anew

    def keep(self, key: str, record: Record) -> None:
        """Remember the upload."""
        path = self._path(key)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(asdict(record)))

    def drop(self, key: str) -> None:
        """Forget the upload: it is whole, or gone."""
        path = self._path(key)
        if path is not None:
            path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{key}.json"


def key_of_film(server: str, film: Film) -> str:
    """The same for the same film, unchanged, on the same server."""
    return key_of(server, film, "")


def key_of(server: str, film: Film, job: str) -> str:
    """The same for the same film, unchanged, in the same job for the same server."""
    facts = [server, str(film.path.resolve()), film.size, film.mtime_ns, job]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]
