"""Collects what is new for all watchers together, each kind as often as it is worth it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from ffremote.jobs.journal import changes
from ffremote.jobs.journal.changes import TooFar

from ..context import AppContext
from . import messages, news
from .news import News
from .one_job import Statuses
from .progress import Progress
from .subscribers import Wish

PROGRESS_SECONDS = 1.0
WORKERS_SECONDS = 2.0
_HELLO = "hello"


@dataclass(slots=True)
class Edition:
    """What is new: for all who watch the list, and for those who watch one job, by job.

    `progress` are the jobs whose progress is new; `_made` its events, by what a watcher is shown.
    """

    common: bytes
    statuses: dict[str, bytes]
    _progress: Progress
    progress: frozenset[str]
    _made: dict[frozenset[str], bytes] = field(default_factory=dict)

    def of(self, wish: Wish) -> bytes:
        """Return the part of this edition that a watcher wishes."""
        if wish.job_id is not None:
            return self.statuses.get(wish.job_id, b"")
        return self.common + (self._progress_of(wish.shown) if self.progress else b"")

    def _progress_of(self, shown: frozenset[str]) -> bytes:
        if shown not in self._made:
            wanted = self.progress & (self._progress.newest() | shown)
            self._made[shown] = self._progress.message(wanted)
        return self._made[shown]


class Desk:
    """What was told last, and when each kind is read again."""

    def __init__(self, context: AppContext) -> None:
        self._news = News(context)
        self._progress = Progress()
        self._statuses = Statuses()
        self._progress_at = self._workers_at = 0.0

    def edition(self, context: AppContext, wishes: Collection[Wish], *, now: float) -> Edition:
        """Read what is new for all who have these wishes."""
        watched = {wish.job_id for wish in wishes if wish.job_id is not None}
        changed = self._news.read_changes(context)
        progress: frozenset[str] = frozenset()
        totals = workers = b""
        is_time = now >= self._progress_at
        if is_time:
            self._progress_at = now + PROGRESS_SECONDS
            shown = {wish.shown for wish in wishes}  # pages of one list have the same
            progress = self._progress.look(context, watched.union(*shown))
        if is_time or changed.message:
            totals = self._news.read_totals(context)
        if now >= self._workers_at:
            self._workers_at = now + WORKERS_SECONDS
            workers = self._news.read_workers(context)
        new = self._statuses.keep(watched)
        moved = self._statuses.may_differ(changed.jobs | progress, queue_moved=bool(totals))
        statuses = self._statuses.read(context, new | moved)
        return Edition(changed.message + totals + workers, statuses, self._progress, progress)

    def welcome(self, context: AppContext, wish: Wish) -> bytes:
        """Return what a new watcher is told first: what it missed, and how things are now."""
        if wish.job_id is not None:
            return self._hello(is_resumed=False) + self._statuses.told.get(wish.job_id, b"")
        missed, is_resumed = self._missed(context, wish.position)
        now = self._news.totals + self._news.workers
        shown = self._progress.message(self._progress.newest() | wish.shown)
        return self._hello(is_resumed=is_resumed) + missed + now + shown

    def _hello(self, *, is_resumed: bool) -> bytes:
        data = messages.encode({"resumed": is_resumed})
        return messages.HELLO + messages.message(_HELLO, data, number=self._news.position)

    def _missed(self, context: AppContext, position: int | None) -> tuple[bytes, bool]:
        """Return what changed since `position`, and whether that is all of it."""
        if position is None:
            return b"", False
        try:
            found = changes.since(context.session, position)
        except TooFar:
            return news.TOO_OLD, False
        told = news.tell(context, found).message
        return told, told != news.FLOOD
