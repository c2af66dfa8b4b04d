"""Where a process runs, as far as its locks and PIDs mean anything: a boot and a run directory.

Two containers on one kernel share the boot. If they share no run directory, neither can see whether
the other's processes live.
"""

import fcntl
import os
import uuid
from pathlib import Path

from . import processes


def place_of(run_dir: Path) -> str:
    """Return the id of this boot and of `run_dir`, as `BOOT/DIRECTORY`."""
    return f"{processes.boot_id()}/{_directory_id(run_dir)}"


def _directory_id(run_dir: Path) -> str:
    """Return the id in the file `place`; make one in a new directory, and in a copy of one.

    A copied file is known by its inode, which it does not name.
    """
    descriptor = os.open(run_dir / "place", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        inode = str(os.fstat(descriptor).st_ino)
        found = file.read().split()
        if found[1:] == [inode]:
            return found[0]
        made = str(uuid.uuid4())
        file.seek(0)
        file.truncate()
        file.write(f"{made} {inode}\n")
    return made
