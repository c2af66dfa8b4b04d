"""Converts one file of a sync: sends it, or finds its job again, and downloads the result."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..client.client import Client
from ..client.models import Downloaded
from ..client.transfer.job_inputs import is_about_upload
from ..client.transfer.overwrite_guard import Sources
from ..errors import ClientError, JobFailed, LocalFileProblem, Refused
from ..workflow.conversion import Conversion, fetch
from ..workflow.following import retry_note
from ..workflow.history import History
from ..workflow.outputs import prepare_target
from ..workflow.progress_view import ProgressView
from ..workflow.recording import record_job
from .choice import Task, sha256_of
from .journal import DONE, FAILED, SENT, WAITING, Entry, Journal
from .outcomes import Unsettled, ends_sync, is_passing
from .scan import Version

_GONE = frozenset({"JOB_NOT_FOUND", "RESULT_EXPIRED"})


@dataclass(frozen=True, slots=True)
class Converter:
    """Converts files of `source` into `target`, and records each step in the journal."""

    client: Client
    source: Path
    target: Path
    journal: Journal
    job_for: Callable[[Path], Mapping[str, Any]]
    """The job of a result at this path."""
    options: str
    history: History
    overwrites: bool
    deletes: bool

    def convert(self, task: Task, view: ProgressView) -> Entry:
        """Convert a file; return its entry, also of a failure. Raise an error that passes."""
        try:
            entry = task.earlier if task.is_done else self._converted(task, view)
            assert entry is not None  # a task that is done has an earlier entry
            return self._without_source(task, entry) if self.deletes else entry
        except ClientError as exc:
            if isinstance(exc, JobFailed) and is_passing(exc):
                self.journal.record(replace(self._entry(task), state=WAITING, job_id=exc.job_id))
            if is_passing(exc) or ends_sync(exc):
                raise
            return self.fail(task, exc)

    def fail(self, task: Task, error: ClientError) -> Entry:
        """Record why the file cannot be converted."""
        reason = error.in_options or error.message
        hint = f" ({error.hint})" if error.hint else ""
        job_id = error.job_id if isinstance(error, JobFailed) else None
        entry = replace(self._entry(task), state=FAILED, reason=reason + hint, job_id=job_id)
        return self.journal.record(entry)

    def _entry(self, task: Task) -> Entry:
        """Return the entry of a new job, which still has the sha256 of an earlier result."""
        earlier = task.earlier
        keeps = earlier is not None and not earlier.is_deleted and earlier.target == task.target
        return Entry(
            sha256=earlier.sha256 if earlier is not None and keeps else None,
            source=task.source,
            size=task.version.size,
            mtime_ns=task.version.mtime_ns,
            state=SENT,
            target=task.target,
            options=self.options,
            server=self.client.url,
        )

    def _converted(self, task: Task, view: ProgressView) -> Entry:
        target = self.target / task.target
        prepare_target(target)
        overwrites = self._may_overwrite(task, target)
        if (job_id := self._job_under_way(task)) is not None:
            try:
                return self._fetched(task, job_id, view, overwrites=overwrites)
            except Refused as exc:
                if exc.code not in _GONE:
                    raise
        if target.exists() and not overwrites:
            raise LocalFileProblem(
                f"{target} exists and is not the result of this file",
                hint="move it away, or overwrite it with -y",
            )
        return self._fetched(task, self._sent(task, view), view, overwrites=overwrites)

    def _may_overwrite(self, task: Task, target: Path) -> bool:
        """Whether the target is only the result of an earlier state of this source."""
        earlier = task.earlier
        if self.overwrites:
            return True
        if earlier is None or earlier.sha256 is None or earlier.is_deleted:
            return False
        return earlier.target == task.target and sha256_of(target) == earlier.sha256

    def _job_under_way(self, task: Task) -> str | None:
        entry = task.earlier
        if entry is None or entry.state != SENT or entry.version != task.version:
            return None
        is_same = (entry.options, entry.server) == (self.options, self.client.url)
        return entry.job_id if is_same and entry.target == task.target else None

    def _sent(self, task: Task, view: ProgressView) -> str:
        """Upload the file, unless the server still has it; return the id of its job."""
        path, target = self.source / task.source, self.target / task.target
        self._require_unchanged(task, path)

        def on_accepted(job_id: str) -> None:
            self.journal.record(replace(self._entry(task), job_id=job_id))
            record_job(self.client, self.history, job_id, inputs=(path,), target=target)
            view.accepted(job_id)

        if (job_id := self._retried(task, target)) is not None:
            on_accepted(job_id)
            return job_id
        accepted = self.client.submit(
            path,
            self.job_for(target),
            idempotency_key=self._key(task),
            on_bytes=view.sent,
            on_accepted=on_accepted,
            on_break=lambda error: view.note(retry_note(error)),
        )
        try:
            self._require_unchanged(task, path)
        except Unsettled:
            self.client.cancel(accepted.job_id)
            raise
        return accepted.job_id

    def _retried(self, task: Task, target: Path) -> str | None:
        """Queue a further job on the input of one that failed; None if the server lacks it."""
        earlier = task.earlier
        if earlier is None or earlier.job_id is None or earlier.state not in (WAITING, FAILED):
            return None
        if (earlier.version, earlier.server) != (task.version, self.client.url):
            return None
        try:
            job, key = self.job_for(target), self._key(task)
            return self.client.retry(earlier.job_id, job, idempotency_key=key).job_id
        except Refused as exc:
            if exc.code == "JOB_NOT_FOUND" or is_about_upload(exc):
                return None
            raise

    def _key(self, task: Task) -> str:
        """Return the same key for the same file after a crash, another one after a failure."""
        earlier = task.earlier
        is_again = earlier is not None and earlier.state in (WAITING, FAILED)
        attempt = (earlier.job_id or earlier.at) if earlier is not None and is_again else ""
        parts = (task.source, task.version, task.target, self.options, attempt)
        return str(uuid.uuid5(uuid.UUID(self.journal.identity), repr(parts)))

    def _require_unchanged(self, task: Task, path: Path) -> None:
        version = Version.at(path)
        if version is None:
            raise Unsettled(f"{path} was removed before its job had it")
        if version != task.version:
            raise Unsettled(f"{path} changed while it was sent")

    def _fetched(self, task: Task, job_id: str, view: ProgressView, *, overwrites: bool) -> Entry:
        path, target = self.source / task.source, self.target / task.target
        sources = Sources.of([path])
        conversion = Conversion(
            path, {}, target, job_id=job_id, sources=sources, downloads_result=False
        )
        job = fetch(self.client, conversion, view).job
        expected = (job.get("result") or {}).get("sha256")
        if expected is not None and sha256_of(target) == expected:
            done = Downloaded(job_id, target, target.stat().st_size, expected)
        else:
            done = self.client.download(
                job_id,
                target,
                overwrite=overwrites,
                sources=sources,
                on_bytes=view.received,
                on_break=lambda error: view.note(retry_note(error)),
            )
        entry = replace(self._entry(task), state=DONE, job_id=job_id, sha256=done.sha256)
        return self.journal.record(entry)

    def _without_source(self, task: Task, entry: Entry) -> Entry:
        """Delete the source if the result on the disk is the verified one, and nothing changed."""
        path = self.source / task.source
        if path.is_symlink() or Version.at(path) != entry.version:
            return entry
        if entry.sha256 is None or sha256_of(self.target / entry.target) != entry.sha256:
            return entry
        # Recorded first: after a crash in between, no result of a deleted source is overwritten.
        entry = self.journal.record(replace(entry, is_deleted=True))
        try:
            path.unlink(missing_ok=True)
        except OSError as exc:
            self.client.warn(f"{path} is converted, and cannot be deleted: {exc.strerror}")
        return entry
