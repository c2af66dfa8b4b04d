"""Directories of jobs on a worker's own disk: removed when no live process works in them.

Each claim has a lock file, `run/{job}.{token}.claim`, from before its directory is made until it is
removed. Several workers may share one data directory.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ffremote.files.storage import Storage
from ffremote.host import notify
from ffremote.host.file_system import remove_tree
from ffremote.host.locks import ProcessLock, is_dead, remove_if_dead
from ffremote.ids import checked

GATE = ".claims"


class Scratch:
    """The directory of the claim that this process holds, and those that dead ones left."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._held: tuple[str, ProcessLock] | None = None

    def hold(self, job_id: str, token: str) -> None:
        """Keep the directory of a job from being removed; may raise OSError."""
        self.let_go()
        with self._gate():
            path = self._storage.run / f"{checked(job_id)}.{checked(token)}.claim"
            self._held = job_id, ProcessLock(path)

    def let_go(self) -> None:
        """Remove the directory of the job that was held, unless another claim holds it."""
        if self._held is None:
            return
        job_id, lock = self._held
        self._held = None
        with self._gate():
            lock.close()
            self._remove_unless_held(job_id)

    def sweep(self) -> None:
        """Remove what dead processes left; may raise OSError."""
        with self._gate():
            for job_id in list(self._storage.job_ids()):
                self._remove_unless_held(job_id)
            for pattern in ("*.claim", "*.lock"):
                for lock in self._storage.run.glob(pattern):
                    remove_if_dead(lock)
        notify.notify_all(self._storage.run)  # removes the sockets of dead listeners

    def _remove_unless_held(self, job_id: str) -> None:
        if all(is_dead(lock) for lock in self._storage.run.glob(f"{job_id}.*.claim")):
            remove_tree(self._storage.job_dir(job_id))

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """Let one process at a time take or remove directories."""
        path: Path = self._storage.run / GATE
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
