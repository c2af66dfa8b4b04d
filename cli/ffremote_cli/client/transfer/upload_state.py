"""Uploads remembered on disk: unfinished ones to resume, complete ones to use for another job."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .file_lock import FileLock
from .source import SourceFile

_POLL_SECONDS = 0.2
"""Between two attempts at a lock that another process holds."""


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """An upload on the server, its job, and the input that it is of.

    The names of the fields are the keys of the files on disk.
    """

    upload_url: str
    job_id: str
    film: str = ""
    """Absolute path of the input; empty once the upload is complete."""
    size: int = 0
    mtime_ns: int = 0
    order: str = ""
    """The order in which its bytes are sent, as `SourceFile.order`."""

    @property
    def upload_id(self) -> str:
        """The upload's id, by which another job can use it as input."""
        return self.upload_url.rpartition("/")[2]

    def key_of_file(self, server: str) -> str:
        """Return the key under which the complete upload is stored for other jobs."""
        return _key(server, self.film, self.size, self.mtime_ns, "", self.order)

    def is_of(self, source: SourceFile) -> bool:
        """Whether size, time and order of the input are those at the upload's beginning."""
        now = (source.size, source.mtime_ns, source.order)
        return (self.size, self.mtime_ns, self.order) == now


class UploadStateStore:
    """A JSON file for each upload, named by a hash of everything that identifies it.

    If the folder is None or cannot be written, uploads work but are not resumed; `warn` gets a
    sentence in the second case.
    """

    def __init__(self, folder: Path | None, warn: Callable[[str], None]) -> None:
        self._folder = folder
        self._warn = warn

    def find(self, key: str) -> UploadRecord | None:
        """Return the record of an earlier run, or None."""
        try:
            return UploadRecord(**self.read(key))
        except TypeError:  # missing, or the record of a job with several inputs
            return None

    def of_job(self, job_id: str) -> tuple[str, UploadRecord] | None:
        """Return key and record of the unfinished upload of a job, if it began here."""
        for key in self.all_keys():
            record = self.find(key)
            if record is not None and record.job_id == job_id and record.film:
                return key, record
        return None

    def all_keys(self) -> Iterator[str]:
        """Yield the keys of all records."""
        for path in self._folder.glob("*.json") if self._folder else ():
            yield path.stem

    def read(self, key: str) -> dict[str, Any]:
        """Return the fields of a record; none if it is missing, or torn by a crash."""
        path = self._path(key)
        try:
            fields = json.loads(path.read_text()) if path else {}
        except (OSError, ValueError):
            return {}
        return fields if isinstance(fields, dict) else {}

    @contextmanager
    def try_lock(self, key: str) -> Iterator[bool]:
        """Hold the upload's lock while entered; yield False if another process holds it."""
        lock = self._attempt(key)
        try:
            yield lock is None or lock.is_acquired
        finally:
            if lock is not None:
                lock.close()

    @contextmanager
    def lock(
        self, key: str, sleep: Callable[[float], None], on_wait: Callable[[], None]
    ) -> Iterator[bool]:
        """Hold the upload's lock while entered; yield whether it had to wait for another process.

        `on_wait` is called once, before the first wait; `sleep` may raise to end the wait.
        """
        lock = self._attempt(key)
        waited = False
        while lock is not None and not lock.is_acquired:
            if not waited:
                on_wait()
            waited = True
            sleep(_POLL_SECONDS)
            lock = self._attempt(key)
        try:
            yield waited
        finally:
            if lock is not None:
                lock.close()

    def put(self, key: str, record: UploadRecord) -> None:
        """Store the record."""
        self.write(key, asdict(record))

    def write(self, key: str, fields: Mapping[str, Any]) -> None:
        """Store the fields of a record."""
        path = self._path(key)
        if path is not None:
            with self._warn_of_errors():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(fields))

    def drop(self, key: str) -> None:
        """Delete the record of an upload that is complete or gone."""
        path = self._path(key)
        if path is not None:
            with self._warn_of_errors():
                path.unlink(missing_ok=True)

    def _attempt(self, key: str) -> FileLock | None:
        """Try to lock the upload; return None if there can be no lock file."""
        path = self._path(key)
        if path is None:
            return None
        with self._warn_of_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            return FileLock(path.with_suffix(".lock"))
        return None

    @contextmanager
    def _warn_of_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            self._warn(
                f"uploads will not be resumed after a break: {self._folder} "
                f"cannot be written: {exc.strerror}"
            )

    def _path(self, key: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{key}.json"


def key_of_source(server: str, source: SourceFile) -> str:
    """Return a key that is equal for the same unchanged input on the same server."""
    return key_of(server, source, "")


def key_of(server: str, source: SourceFile, job: str) -> str:
    """Return a key that is equal for the same unchanged input, job and server."""
    return _key(server, source.location, source.size, source.mtime_ns, job, source.order)


def _key(*identity: str | int) -> str:
    if not identity[-1]:  # the order of the file, as before there were others
        identity = identity[:-1]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:32]
