"""Returns the jobs of lost workers to the queue, where the server serves workers over HTTP.

A worker that shares the data directory does the same for all, but there need not be one. Each call
of a worker looks, at most once a second, and `rounds` also does without any call. Workers
over HTTP are heard through this server only: when it was itself stopped for a while, their silence
counts from then on.
"""

import logging
import threading

from flask import current_app
from sqlalchemy.orm import sessionmaker

from ffremote.clock import monotonic
from ffremote.ledger.protocol import LedgerAway
from ffremote.registry.sql_ledger import SqlLedger

from ..context import AppContext, current

log = logging.getLogger(__name__)

EXTENSION = "ffremote.rescue"
LOOK_SECONDS = 1.0


class Rescue:
    """Looks for lost claims, in the process of one app."""

    def __init__(self, context: AppContext) -> None:
        sessions = sessionmaker(context.db.engine, expire_on_commit=False)
        self._lease_seconds = context.settings.lease_seconds
        self._ledger = SqlLedger(sessions, context.storage, lease_seconds=self._lease_seconds)
        self._lock = threading.Lock()
        self._last = monotonic()

    def look(self) -> bool:
        """Look for lost workers, unless that was done a moment ago, or another thread does.

        Return whether a job was returned to the queue.
        """
        if monotonic() - self._last < LOOK_SECONDS or not self._lock.acquire(blocking=False):
            return False
        try:
            if monotonic() - self._last > max(self._lease_seconds / 4, 3 * LOOK_SECONDS):
                self._ledger.forget_silence()
            self._last = monotonic()
            return self._ledger.rescue_lost()
        except (LedgerAway, OSError) as exc:
            log.warning("lost workers cannot be looked for: %s", exc)
            return False
        finally:
            self._lock.release()


def look() -> bool:
    """Look for lost workers, if it is time to; return whether a job was returned to the queue."""
    rescue: Rescue | None = current_app.extensions.get(EXTENSION)
    if rescue is None:
        rescue = current_app.extensions.setdefault(EXTENSION, Rescue(current()))
    return rescue.look()
