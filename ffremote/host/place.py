"""Where a process runs, as far as its locks and PIDs mean anything: a boot and a run directory.

Two containers on one kernel share the boot. If they share no run directory, neither can see whether
the other's processes live.
"""

import fcntl
import os
import uuid
from pathlib import Path

from . import processes

FILE = "place"


def place_of(run_dir: Path) -> str:
    """Return the id of this boot and of `run_dir`, as `BOOT/DIRECTORY`."""
    return f"{processes.boot_id()}/{directory_of(run_dir)}"


def is_still(run_dir: Path, place: str) -> bool:
    """Return whether `run_dir` is the one of `place`: an unmounted or new one knows no lock."""
    try:
        found = (run_dir / FILE).read_text(encoding="ascii")
    except OSError:
        return False
    return found.split()[:1] == [place.partition("/")[2]]


def directory_of(run_dir: Path) -> str:
    """Return the id of a run directory, which outlives a boot.

    It is in the file `place`; one is made in a new directory, and in a copy of one. A copied file
    is known by its inode, which it does not name.
    """
    descriptor = os.open(run_dir / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
