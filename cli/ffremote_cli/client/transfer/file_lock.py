"""A lock between the processes of one user: a locked file, removed by its last holder."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """One attempt to acquire the lock; `is_acquired` is its outcome.

    The kernel frees the lock when the process ends. Raises OSError if the file cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.is_acquired = False
        else:
            # The last holder may have removed the file between open and flock. The next process
            # then creates a new file, and two processes would hold "the" lock.
            self.is_acquired = _is_at(self._fd, path)
        if not self.is_acquired:
            os.close(self._fd)

    def close(self) -> None:
        """Release an acquired lock: first remove the file, then unlock it."""
        if self.is_acquired:
            self._path.unlink(missing_ok=True)
            os.close(self._fd)
            self.is_acquired = False


def _is_at(fd: int, path: Path) -> bool:
    """Whether `path` names the open file."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False
