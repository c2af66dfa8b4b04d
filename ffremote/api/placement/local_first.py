"""Jobs are offered to workers on the server's disk first: they need no file sent.

A worker over HTTP gets a job that an idle worker here can run after a moment only, in which the one
here claims it. So a worker here that is busy, drained or unable holds up nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.files.storage import Storage

from .crew import Member


@dataclass(frozen=True, slots=True)
class Offer:
    """Needs of jobs that a worker over HTTP may claim: `now`, and `later` those since `before`."""

    now: frozenset[str]
    later: frozenset[str]
    before: datetime

    def includes(self, words: str, ready_at: datetime) -> bool:
        """Return whether a job with these needs, claimable since `ready_at`, is offered."""
        return words in self.now or (words in self.later and ready_at <= self.before)


def offer(
    wanted: Iterable[str], crew: Sequence[Member], settings: Settings, storage: Storage
) -> Offer:
    """Return which of the jobs with the needs `wanted` are offered to workers over HTTP."""
    is_off = settings.local_first_seconds == 0 or not storage.depot.is_on_this_disk
    idle = [] if is_off else [each for each in crew if each.is_here and each.is_idle]
    wanted = frozenset(wanted)
    later = frozenset(words for words in wanted if any(each.fits(words) for each in idle))
    before = utc_now() - timedelta(seconds=settings.local_first_seconds)
    return Offer(wanted - later, later, before)
