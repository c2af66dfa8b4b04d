"""The live workers and what each can do, as this process saw them a moment ago."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.clock import monotonic
from ffremote.db.models import Worker
from ffremote.db.schema import release
from ffremote.files.storage import Storage
from ffremote.jobs import workers
from ffremote.ledger import needs

SEEN_SECONDS = 0.5
KNOWS_WORDS = (0, 2, 0)
"""The first version whose workers know what `needs.ALL` has."""


@dataclass(frozen=True, slots=True)
class Member:
    """A live worker: the words that it can serve, what it can store, its free slots."""

    able: frozenset[str]
    free_bytes: int | None
    is_here: bool
    is_draining: bool
    free_slots: int

    def fits(self, words: str) -> bool:
        """Return whether it can run a job with these needs."""
        return needs.fits(words, self.able, self.free_bytes)

    @property
    def is_idle(self) -> bool:
        """Whether it would claim a job now."""
        return self.free_slots > 0 and not self.is_draining


class Crew:
    """The live workers; read at most twice a second, however many ask."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._lock = threading.Lock()
        self._members: tuple[Member, ...] = ()
        self._read_at = float("-inf")
        self._words: dict[str, frozenset[str]] = {}

    def live(self, session: Session) -> Sequence[Member]:
        """Return the live workers, oldest first."""
        with self._lock:
            if monotonic() - self._read_at > SEEN_SECONDS:
                self._members = self._read(session)
                self._read_at = monotonic()
            return self._members

    def _read(self, session: Session) -> tuple[Member, ...]:
        alive = {each.id: each for each in workers.alive(session, self._storage)}
        running = workers.running_jobs(session)
        reach = workers.reach(session, self._storage, alive)
        rows = workers.by_ids(session, [each for each in alive if each not in self._words])
        known = self._words | {row.id: _words(row) for row in rows}
        self._words = {each: known[each] for each in alive if each in known}
        return tuple(
            Member(
                able=self._words[each.id].union(map(needs.label, reach[each.id].labels)),
                free_bytes=reach[each.id].free_bytes,
                is_here=reach[each.id].is_here,
                is_draining=each.is_draining,
                free_slots=each.concurrency - running.get(each.id, 0),
            )
            for each in alive.values()
            if each.id in self._words and each.id in reach
        )


def _words(row: Worker) -> frozenset[str]:
    """Return what a worker can serve besides its labels."""
    found = ffmpeg.Capabilities.from_json(row.capabilities) if row.capabilities else None
    encoders = {ffmpeg.FORMATS, *(found.working_encoders if found else ())}
    if release(row.version) < KNOWS_WORDS:
        return frozenset(encoders)
    return needs.able(encoders, excerpts=found is not None and found.excerpts, labels=())
