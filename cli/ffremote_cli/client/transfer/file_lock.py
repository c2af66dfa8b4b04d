"""A lock between processes of one user: a locked file, removed by its last holder."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """One try at the lock; `is_ours` says whether it succeeded. The kernel frees it at our death.

    Raises OSError where the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.is_ours = False
        else:
            # Its last holder may have removed the file between our open and our lock: then the
            # next process makes a new one, and two would hold "the" lock.
            self.is_ours = _is_at(self._fd, path)
        if not self.is_ours:
            os.close(self._fd)

    def close(self) -> None:
        """Remove the file, if it is ours, and free the lock: in this order."""
        if self.is_ours:
            self._path.unlink(missing_ok=True)
            os.close(self._fd)
            self.is_ours = False


def _is_at(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False
