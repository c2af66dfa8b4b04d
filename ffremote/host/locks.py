"""Proof of life and death of processes on one host, without a clock.

A holder of claims keeps an exclusive `flock` on its own lock file. The kernel drops it when the
process ends, however it ends, and keeps it while the process is stopped or its machine sleeps.
"""

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import zlib
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self


class ProcessLock:
    """The lock that says "its holder lives"; closed by the kernel at the latest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        while True:
            # Not inherited: an FFmpeg that outlives us must not look like us.
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            if is_same(self._descriptor, path):
                return
            os.close(self._descriptor)  # a sweep took the name away before we had the lock

    def close(self) -> None:
        """Let go and remove the name."""
        self.path.unlink(missing_ok=True)
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()


def is_dead(lock: Path) -> bool:
    """Whether the holder of `lock` is proven dead; meaningful only on the holder's own host.

    A lock file that is gone was closed by its holder, or swept after a proof like this one.
    """
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        # Shared, so that two who look at once do not take each other for the holder.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def remove_if_dead(lock: Path) -> bool:
    """Remove `lock` if its holder is dead; return whether it was removed.

    The name is removed only while the lock is held on the very file that has it: between a look
    and an unlink a starting process could take the lock, and would count as dead from then on.
    """
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not is_same(descriptor, lock):
            return False  # a new file has the name since
        lock.unlink()
    except (BlockingIOError, FileNotFoundError):
        return False
    finally:
        os.close(descriptor)
    return True


def started_at(pid: int) -> int | None:
    """Return when a process started, in a unit of the system's own; None when it is not there.

    With the PID it names a process for good, where the PID alone is used again. Linux: clock ticks
    since boot, field 22 of proc(5) stat. Elsewhere: `ps` tells the start in whole seconds.
    """
    if sys.platform == "linux":
        return _linux_start(pid)
    return _ps_start(pid)


@cache
def boot_id() -> str:
    """Return what names this boot of this kernel; containers on one kernel share it."""
    linux = Path("/proc/sys/kernel/random/boot_id")
    if linux.exists():
        return linux.read_text().strip()
    told = subprocess.run(
        ["sysctl", "-n", "kern.bootsessionuuid"], capture_output=True, text=True, check=True
    )
    return told.stdout.strip()


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends (Linux only).

    The signal comes when the *thread* that started us ends, so parents start children from a
    thread that stays. The parent may have died before we asked: then we end here.
    """
    if sys.platform == "linux":
        pr_set_pdeathsig, sigkill = 1, 9
        ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, sigkill, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)


def kill_process(pid: int, started: int) -> bool:
    """SIGKILL the process group of `pid` if it is still the process that started at `started`."""
    if started_at(pid) != started:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return True


def is_same(descriptor: int, path: Path) -> bool:
    """Whether `path` still names the file or directory that is open as `descriptor`."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _linux_start(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in parentheses may hold spaces and parentheses; fields count after the last one.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def _ps_start(pid: int) -> int | None:
    told = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    text = told.stdout.strip()
    return zlib.crc32(text.encode()) if text else None
