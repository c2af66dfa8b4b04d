"""Processes of this host: when one started, which boot this is, how one is ended."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import zlib
from functools import cache
from pathlib import Path


def started_at(pid: int) -> int | None:
    """Return when a process started, in a unit of the operating system; None if there is none.

    PID and start together are unique, while a PID alone is used again. Linux: clock ticks since
    boot, field 22 of proc(5) stat. Elsewhere: a checksum of what `ps` prints, in whole seconds.
    """
    if sys.platform == "linux":
        return _linux_start(pid)
    return _ps_start(pid)


@cache
def boot_id() -> str:
    """Return an id of this boot of the kernel; containers on one kernel share it."""
    linux = Path("/proc/sys/kernel/random/boot_id")
    if linux.exists():
        return linux.read_text().strip()
    sysctl = subprocess.run(
        ["sysctl", "-n", "kern.bootsessionuuid"], capture_output=True, text=True, check=True
    )
    return sysctl.stdout.strip()


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends (Linux only).

    The signal is sent when the *thread* that started this process ends, so parents start children
    from a thread that stays. If the parent died before the request, this process exits here.
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


def _linux_start(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in parentheses may hold spaces and parentheses; fields count after the last one.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def _ps_start(pid: int) -> int | None:
    ps = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    text = ps.stdout.strip()
    return zlib.crc32(text.encode()) if text else None
