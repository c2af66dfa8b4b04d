"""The log of a running attempt from its file to rows, so that every server can show it.

Only where whole files are in a bucket: there the worker may have a data directory of its own. On
one host the server reads the file.
"""

import logging
from contextlib import suppress

from sqlalchemy.orm import Session

from ffremote import clock
from ffremote.files.storage import Storage
from ffremote.jobs.fleet import job_logs
from ffremote.ledger.values import Claim
from ffremote.ledger.wire import LOG_PIECE_BYTES, MAX_LOG_BYTES

log = logging.getLogger(__name__)

SECONDS = 1.0  # between two pieces of a running attempt


class LogRows:
    """Follows the log of the claim that this process holds."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._token = ""
        self._size = 0
        self._next = 0.0

    def follow(self, session: Session, claim: Claim) -> None:
        """Record what is new, unless that was done a moment ago."""
        if not self._storage.depot.is_on_this_disk and clock.monotonic() >= self._next:
            self._next = clock.monotonic() + SECONDS
            self._record(session, claim)

    def finish(self, session: Session, claim: Claim) -> None:
        """Record all that is new, before the claim ends."""
        if self._storage.depot.is_on_this_disk:
            return
        while self._record(session, claim):
            pass

    def forget(self, claim: Claim) -> None:
        """Remove the file, since the claim has ended."""
        if not self._storage.depot.is_on_this_disk:
            with suppress(OSError):  # a sweep removes it later
                self._storage.log(claim.job_id, claim.token).unlink()

    def _record(self, session: Session, claim: Claim) -> bool:
        """Record the next piece; return whether there was one."""
        if claim.token != self._token:
            self._token, self._size = claim.token, 0
        piece = self._read(claim)
        if not piece:
            return False
        before = self._size
        self._size = job_logs.add(session, claim.job_id, claim.token, piece, offset=before)
        return self._size > before

    def _read(self, claim: Claim) -> bytes:
        wanted = min(LOG_PIECE_BYTES, MAX_LOG_BYTES - self._size)
        try:
            with self._storage.log(claim.job_id, claim.token).open("rb") as file:
                file.seek(self._size)
                return file.read(wanted)
        except FileNotFoundError:
            return b""
        except OSError as exc:
            log.warning("job %s: its log cannot be read: %s", claim.job_id, exc)
            return b""
