"""A file that is removed when the disk is full, so that the database can still record the failure.

An output or an upload fills the disk, and the row that records it needs a few more pages. When the
database cannot write, its caller drops the ballast and retries.
"""

import contextlib
import logging
import os

from .storage import Storage

log = logging.getLogger(__name__)

BALLAST_BYTES = 16 << 20


def restore(storage: Storage) -> None:
    """Write the ballast if it is missing and the disk has four times its size free."""
    if storage.ballast.exists() or storage.free_bytes() < 4 * BALLAST_BYTES:
        return
    partial = storage.ballast.with_suffix(".partial")
    try:
        with partial.open("wb") as file:
            # Allocated if possible, otherwise written: a sparse file reserves nothing.
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)
            else:
                file.write(bytes(BALLAST_BYTES))
        partial.replace(storage.ballast)
    except OSError as exc:
        log.warning("the ballast cannot be written: %s", exc.strerror)
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()


def drop(storage: Storage) -> bool:
    """Remove the ballast; return whether there was one."""
    try:
        storage.ballast.unlink()
    except FileNotFoundError:
        return False
    log.error("the disk is full: the ballast was removed so that the database can write")
    return True
