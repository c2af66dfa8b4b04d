"""The status of single jobs, for those who watch one."""

from collections.abc import Collection, Sequence
from typing import Any

from ffremote.db.models import Job, Upload
from ffremote.jobs import queries
from ffremote.jobs.lists import pages
from ffremote.states import JobState

from .. import representation, upload_progress
from ..context import AppContext
from ..placement import waiting
from . import messages


class Statuses:
    """The events that were told last, by job, while anyone watches the job."""

    def __init__(self) -> None:
        self.told: dict[str, bytes] = {}
        self._queued: frozenset[str] = frozenset()

    def may_differ(self, changed: Collection[str], *, queue_moved: bool) -> frozenset[str]:
        """Return the watched jobs that need another look: those that changed, or moved up."""
        return frozenset(self.told).intersection(changed) | (
            self._queued if queue_moved else frozenset()
        )

    def keep(self, job_ids: Collection[str]) -> frozenset[str]:
        """Forget the jobs that nobody watches; return those of `job_ids` that are new."""
        self.told = {key: event for key, event in self.told.items() if key in job_ids}
        self._queued = self._queued.intersection(job_ids)
        return frozenset(job_ids) - self.told.keys()

    def read(self, context: AppContext, job_ids: frozenset[str]) -> dict[str, bytes]:
        """Return the events of those of some jobs whose status is another one than before."""
        if not job_ids:
            return {}
        page = pages.some(context.session, job_ids)
        found = {
            job.id: messages.message(
                "status", messages.encode(_status(context, job, page.uploads[job.id]))
            )
            for job in page.items
        }
        for job_id in job_ids - found.keys():
            found[job_id] = messages.message("removed", messages.encode({"job_id": job_id}))
        queued = {job.id for job in page.items if job.state is JobState.QUEUED}
        self._queued = (self._queued - job_ids) | queued
        news = {key: event for key, event in found.items() if self.told.get(key) != event}
        self.told |= found
        return news


def _status(context: AppContext, job: Job, uploads: Sequence[Upload]) -> dict[str, Any]:
    position = queries.queue_position(context.session, job)
    pending = upload_progress.measure(context, job, uploads)
    why = waiting.message(context.session, context.crew, job)
    return representation.status(job, position, pending, message=why)
