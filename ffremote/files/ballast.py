"""A file that is given up when the disk is full, so that the database can still say so.

What fills the disk is an output or an upload; the row that has to record it needs a few pages
more. Whoever finds the database unable to write drops the ballast and tries again.
"""

import contextlib
import logging
import os

from .storage import Storage

log = logging.getLogger(__name__)

BALLAST_BYTES = 16 << 20


def restore(storage: Storage) -> None:
    """Write the ballast again once there is room for it, four times over."""
    if storage.ballast.exists() or storage.free_bytes() < 4 * BALLAST_BYTES:
        return
    partial = storage.ballast.with_suffix(".partial")
    try:
        with partial.open("wb") as file:
            # Allocated where that is possible, written where not; a sparse file reserves nothing.
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)
            else:
                file.write(bytes(BALLAST_BYTES))
        partial.replace(storage.ballast)
    except OSError as exc:
        log.warning("no ballast is kept: %s", exc.strerror)
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()


def drop(storage: Storage) -> bool:
    """Give the ballast up; return whether there was one."""
    try:
        storage.ballast.unlink()
    except FileNotFoundError:
        return False
    log.error("the disk is full: the ballast is given up so that the database can write")
    return True
