"""The progress of what runs and arrives: encoded once for all watchers, and only what changed."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ffremote.db.models import Job
from ffremote.jobs.journal import live
from ffremote.jobs.journal.live import RunningJob
from ffremote.jobs.lists import pages

from .. import upload_progress
from ..context import AppContext
from . import messages

SHOWN = 100
"""Of how many jobs, the newest live ones, each watcher is told the progress."""
FIELDS = ("eta_seconds", "speed", "fps", "frame", "out_seconds", "output_bytes")


@dataclass(slots=True)
class Progress:
    """What was told last, by job; `encoded` has the newest jobs first."""

    encoded: dict[str, bytes] = field(default_factory=dict)
    _seen: dict[str, object] = field(default_factory=dict)

    def look(self, context: AppContext, wanted: Collection[str]) -> frozenset[str]:
        """Read the progress of the newest jobs and the wanted ones.

        Return those of them whose progress is another one than before.
        """
        seen: dict[str, object] = {}
        encoded: dict[str, bytes] = {}
        for each in live.running(context.session, newest=SHOWN, besides=wanted):
            seen[each.id] = each
            encoded[each.id] = self._kept(each.id, each) or messages.encode(_of_running(each))
        for job_id, item in _uploads(context).items():
            seen[job_id] = item
            encoded[job_id] = self._kept(job_id, item) or messages.encode(item)
        changed = frozenset(key for key, item in encoded.items() if self.encoded.get(key) != item)
        self._seen, self.encoded = seen, encoded
        return changed

    def newest(self) -> frozenset[str]:
        """Return the jobs whose progress each watcher is told."""
        return frozenset(list(self.encoded)[:SHOWN])

    def message(self, job_ids: Iterable[str]) -> bytes:
        """Return the event with the progress of some jobs; empty if none of them has any."""
        found = (self.encoded[job_id] for job_id in job_ids if job_id in self.encoded)
        return messages.items("progress", found)

    def _kept(self, job_id: str, now: object) -> bytes | None:
        return self.encoded[job_id] if self._seen.get(job_id) == now else None


def _of_running(job: RunningJob) -> dict[str, Any]:
    reported = json.loads(job.progress) if job.progress else {}
    return _item(job.id, job.phase, job.percent, job.message, reported)


def _uploads(context: AppContext) -> dict[str, dict[str, Any]]:
    job_ids = live.uploading(context.session)
    if not job_ids:
        return {}
    page = pages.some(context.session, job_ids)
    return {job.id: _of_upload(context, job, page.uploads[job.id]) for job in page.items}


def _of_upload(context: AppContext, job: Job, uploads: Any) -> dict[str, Any]:
    pending = upload_progress.measure(context, job, uploads)
    item = _item(job.id, job.phase, job.progress_percent, job.message, {})
    return item | {"upload": pending and pending.to_json()}


def _item(
    job_id: str,
    phase: str | None,
    percent: int,
    message: str | None,
    reported: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "job_id": job_id,
        "phase": phase,
        "progress_percent": percent,
        "message": message,
        **{name: reported.get(name) for name in FIELDS},
        "upload": None,
    }
