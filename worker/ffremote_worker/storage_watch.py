"""Whether a slot can use its data directory, and whether that is why an attempt failed.

A job whose files cannot be used is released: another worker may have them, or the disk comes back.
"""

import errno
import logging
import tempfile
from collections import Counter

from ffremote.depot.protocol import DepotAway
from ffremote.files.job_inputs import InputLost, input_names
from ffremote.files.storage import Storage
from ffremote.ledger.values import Claim

log = logging.getLogger(__name__)

MAX_RELEASES = 3  # of one job by one slot while everything else in the data directory can be used

_OF_A_FILE_SYSTEM = frozenset(
    (
        *(errno.EIO, errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.EROFS),
        *(errno.ENXIO, errno.ENODEV, errno.ENOTCONN, errno.ESTALE, errno.ETIMEDOUT),
        errno.EHOSTDOWN,
    )
)
_OF_A_FULL_DISK = (errno.ENOSPC, errno.EDQUOT)


class StorageWatch:
    """The data directory as one slot sees it."""

    def __init__(self, storage: Storage, *, min_free_bytes: int) -> None:
        self._storage = storage
        self._min_free_bytes = min_free_bytes
        self._obstacle = ""
        self._releases: Counter[str] = Counter()
        self.is_doubtful = False
        """Whether an attempt could not use its files, and nothing could since then."""

    def is_usable(self) -> bool:
        """Return whether a job may be claimed; log when that changes."""
        found = self._find_obstacle()
        if bool(found) is not bool(self._obstacle):
            log.warning("%s", f"{found}: jobs wait" if found else "jobs continue")
        self._obstacle = found
        return not found

    def trouble(self, claim: Claim, cause: Exception) -> str | None:
        """Return what is wrong with the files of an attempt that failed by `cause`.

        None if they can be used, or if the job was released for them often enough; also if an input
        is lost for every worker.
        """
        if isinstance(cause, InputLost) and cause.is_certain:
            return None
        found = cause if _is_of_a_file_system(cause) else self._unreadable(claim)
        if found is None:
            return None
        self.is_doubtful = True
        if self._absence() is None:
            self._releases[claim.job_id] += 1
            if self._releases[claim.job_id] > MAX_RELEASES:
                return None
        return reason_of(found)

    def _find_obstacle(self) -> str:
        absence = self._absence()
        if absence is not None:
            return f"the data directory cannot be used ({absence})"
        self.is_doubtful = False
        free = self._storage.free_bytes()
        return "" if free >= self._min_free_bytes else f"{free} bytes free"

    def _absence(self) -> str | None:
        """Return why the data directory cannot be used, or None; an unmounted one is empty."""
        try:
            for path in (self._storage.jobs, self._storage.uploads, self._storage.run):
                path.stat()
            if self.is_doubtful:
                with tempfile.TemporaryFile(dir=self._storage.jobs):
                    pass
                self._storage.check()
        except DepotAway as exc:
            return reason_of(exc)
        except OSError as exc:
            return None if exc.errno in _OF_A_FULL_DISK else reason_of(exc)
        return None

    def _unreadable(self, claim: Claim) -> OSError | None:
        """Return the error of the first input of a job that cannot be read."""
        directory = self._storage.job_dir(claim.job_id)
        try:
            for name in input_names(len(claim.upload_ids)):
                with (directory / name).open("rb", buffering=0) as file:
                    file.read(1)
        except OSError as exc:
            return exc
        return None


def reason_of(exc: Exception) -> str:
    """Return what the operating system or the depot says, without a path."""
    if isinstance(exc, DepotAway):
        return exc.message
    return getattr(exc, "strerror", None) or type(exc).__name__


def _is_of_a_file_system(exc: Exception) -> bool:
    if isinstance(exc, DepotAway):
        return True
    return isinstance(exc, OSError) and exc.errno in _OF_A_FILE_SYSTEM
