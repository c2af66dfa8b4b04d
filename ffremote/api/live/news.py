"""What is new in the service since the last look, encoded once for all watchers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ffremote.db.models import Job, Upload
from ffremote.jobs import totals, workers
from ffremote.jobs.journal import changes, live
from ffremote.jobs.journal.changes import Change, Follower, TooFar
from ffremote.jobs.lists import pages
from ffremote.jobs.workers import LiveWorker

from .. import representation, service_representation, upload_progress
from ..context import AppContext
from ..placement import waiting
from . import messages

TOO_MANY = 200
"""More jobs that changed than these are not told one by one: watchers read their lists again."""
FLOOD = messages.message("resync", messages.encode({"reason": "Too many jobs have changed."}))
TOO_OLD = messages.message(
    "resync", messages.encode({"reason": "What changed meanwhile is no longer known."})
)


@dataclass(frozen=True, slots=True)
class Changes:
    """The jobs that changed, and the events that tell of them."""

    jobs: frozenset[str]
    message: bytes


class News:
    """The state of the service as it was told last."""

    def __init__(self, context: AppContext) -> None:
        self._follower = Follower(changes.newest_id(context.session))
        self._alive: Sequence[LiveWorker] | None = None
        self._running: Mapping[str, int] = {}
        self.totals = self.workers = b""

    @property
    def position(self) -> int:
        """The id of the newest change that was told."""
        return self._follower.position

    def read_changes(self, context: AppContext) -> Changes:
        """Read what was committed since the last call."""
        try:
            found = self._follower.read(context.session)
        except TooFar:
            return Changes(frozenset(), FLOOD)
        return tell(context, found)

    def read_totals(self, context: AppContext) -> bytes:
        """Return the event with the totals and the head of the queue; empty if it is as before."""
        counted = totals.by_state(context.session)
        queue = live.first_in_queue(context.session)
        told, self.totals = self.totals, _event("totals", {"states": counted, "queue": queue})
        return b"" if told == self.totals else self.totals

    def read_workers(self, context: AppContext) -> bytes:
        """Return the event with all workers; empty if none came, went, drains or works anew."""
        alive = workers.alive(context.session, context.storage)
        running = workers.running_jobs(context.session)
        if (alive, running) == (self._alive, self._running):
            return b""
        items = service_representation.workers(workers.list_all(context.session), alive, running)
        self._alive, self._running = alive, running
        self.workers = _event("workers", {"items": items})
        return self.workers


def tell(context: AppContext, found: Sequence[Change]) -> Changes:
    """Return the events of these changes: for each job its last one, as the job is now."""
    last = {change.job_id: change for change in found}
    if len(last) > TOO_MANY:
        return Changes(frozenset(last), FLOOD)
    page = pages.some(context.session, last)
    shown = {job.id: _summary(context, job, page.uploads[job.id]) for job in page.items}
    told = (_told(change, shown.get(change.job_id)) for change in _in_order(last.values()))
    return Changes(frozenset(last), b"".join(told))


def _in_order(found: Iterable[Change]) -> list[Change]:
    return sorted(found, key=lambda change: change.id)


def _told(change: Change, shown: dict[str, Any] | None) -> bytes:
    if shown is None:
        return _event("removed", {"job_id": change.job_id}, number=change.id)
    return _event("job", shown, number=change.id)


def _summary(context: AppContext, job: Job, uploads: Sequence[Upload]) -> dict[str, Any]:
    pending = upload_progress.measure(context, job, uploads)
    why = waiting.message(context.session, context.crew, job)
    return representation.summary(job, uploads, pending, message=why)


def _event(name: str, data: Any, *, number: int | None = None) -> bytes:
    return messages.message(name, messages.encode(data), number=number)
