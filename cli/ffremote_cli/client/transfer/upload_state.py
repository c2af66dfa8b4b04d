"""Uploads kept on disk: one under way, to go on with; one that is whole, to use once more."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .file_lock import FileLock
from .source import SourceFile

_LOOK_SECONDS = 0.2
"""Between two tries at an upload that another process holds."""


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """Where an upload is on the server, the job that waits for it, and the film that it is of."""

    upload_url: str
    job_id: str
    film: str = ""
    size: int = 0
    mtime_ns: int = 0

    @property
    def upload_id(self) -> str:
        """The upload's id, by which another job may name it."""
        return self.upload_url.rpartition("/")[2]

    def is_of(self, film: SourceFile) -> bool:
        """Whether the film is still the one whose upload began."""
        return (self.size, self.mtime_ns) == (film.size, film.mtime_ns)


class UploadStateStore:
    """A file for each upload, named by everything that must be the same to go on with it.

    Where the folder cannot be written, uploads work and are not resumed; `warn` is told so.
    """

    def __init__(self, folder: Path | None, warn: Callable[[str], None]) -> None:
        self._folder = folder
        self._warn = warn

    def find(self, key: str) -> UploadRecord | None:
        """The record that an earlier run left, or None."""
        path = self._path(key)
        try:
            said: dict[str, Any] = json.loads(path.read_text()) if path else {}
            return UploadRecord(**said)
        except (OSError, ValueError, TypeError):
            return None  # none there, or torn by a crash: the upload begins anew

    def of_job(self, job_id: str) -> tuple[str, UploadRecord] | None:
        """The key and the record of an upload that a job waits for, if it was begun here."""
        for path in self._folder.glob("*.json") if self._folder else ():
            record = self.find(path.stem)
            if record is not None and record.job_id == job_id and record.film:
                return path.stem, record
        return None

    @contextmanager
    def held(self, key: str) -> Iterator[bool]:
        """Hold the upload while entered; yields False if another process of ours holds it."""
        lock = self._lock(key)
        try:
            yield lock is None or lock.is_ours
        finally:
            if lock is not None:
                lock.close()

    @contextmanager
    def waited_for(
        self, key: str, pause: Callable[[float], None], on_wait: Callable[[], None]
    ) -> Iterator[bool]:
        """Hold the upload while entered; yields whether another process had to end first."""
        lock = self._lock(key)
        waited = False
        while lock is not None and not lock.is_ours:
            if not waited:
                on_wait()
            waited = True
            pause(_LOOK_SECONDS)
            lock = self._lock(key)
        try:
            yield waited
        finally:
            if lock is not None:
                lock.close()

    def keep(self, key: str, record: UploadRecord) -> None:
        """Remember the upload."""
        path = self._path(key)
        if path is not None:
            with self._tolerated():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(asdict(record)))

    def drop(self, key: str) -> None:
        """Forget the upload: it is whole, or gone."""
        path = self._path(key)
        if path is not None:
            with self._tolerated():
                path.unlink(missing_ok=True)

    def _lock(self, key: str) -> "FileLock | None":
        """A try at the upload's lock; None where there can be none."""
        path = self._path(key)
        if path is None:
            return None
        with self._tolerated():
            path.parent.mkdir(parents=True, exist_ok=True)
            return FileLock(path.with_suffix(".lock"))
        return None

    @contextmanager
    def _tolerated(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            self._warn(
                f"uploads will not be resumed after a break: {self._folder} "
                f"cannot be written: {exc.strerror}"
            )

    def _path(self, key: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{key}.json"


def key_of_film(server: str, film: SourceFile) -> str:
    """The same for the same film, unchanged, on the same server."""
    return key_of(server, film, "")


def key_of(server: str, film: SourceFile, job: str) -> str:
    """The same for the same film, unchanged, in the same job for the same server."""
    facts = [server, str(film.path.resolve()), film.size, film.mtime_ns, job]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]
