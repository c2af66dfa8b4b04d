"""Lock files that prove, without a clock, whether a process on this host is alive.

Each holder of claims keeps an exclusive `flock` on its own lock file. The kernel drops it when the
process ends, however it ends, and keeps it while the process is stopped or its machine sleeps.
"""

import fcntl
import os
from pathlib import Path

from .closeable import Closeable


class ProcessLock(Closeable):
    """A lock file held for as long as its process lives; the kernel closes it at the latest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        while True:
            # Not inherited: an FFmpeg that outlives this process must not keep the lock.
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            if is_same(self._descriptor, path):
                return
            os.close(self._descriptor)  # a sweep removed the name before the lock was acquired

    def close(self) -> None:
        """Release the lock and remove its file."""
        self.path.unlink(missing_ok=True)
        os.close(self._descriptor)


def is_dead(lock: Path) -> bool:
    """Return whether the holder of `lock` is dead; meaningful only on the holder's own host.

    A missing lock file was closed by its holder, or removed by a sweep after such a proof.
    """
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        # Shared, so that two concurrent checks do not take each other for the holder.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def remove_if_dead(lock: Path) -> bool:
    """Remove `lock` if its holder is dead; return whether it was removed.

    The name is removed only while the lock is held on the same file: between a check and an unlink
    a starting process could acquire the lock, and would count as dead from then on.
    """
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not is_same(descriptor, lock):
            return False  # another file has the name now
        lock.unlink()
    except (BlockingIOError, FileNotFoundError):
        return False
    finally:
        os.close(descriptor)
    return True


def is_same(descriptor: int, path: Path) -> bool:
    """Return whether `path` still names the file or directory that is open as `descriptor`."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
