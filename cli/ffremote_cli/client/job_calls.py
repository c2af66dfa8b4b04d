"""The operations on jobs that are single requests, and following a job to its end."""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import Refused
from .documents import Job
from .http import HttpSession
from .job_files.listing import list_files
from .job_log import read_log
from .models import Accepted, JobFile, JobPage, Status
from .poll import follow, require_completed
from .retry import OnBreak, RetryPolicy
from .server_calls import Json, ServerCalls
from .transfer.job_inputs import is_about_upload, with_uploads
from .transfer.tus_requests import delete_upload

# How a server without a route refuses it; an unknown job is JOB_NOT_FOUND.
_NO_ROUTE = frozenset({"NOT_FOUND", "METHOD_NOT_ALLOWED"})


def upload_ids_of(job: Json) -> list[str]:
    """Return the uploads of a job that the server described, one for each of its inputs."""
    inputs = job["inputs"] if "inputs" in job else [job["input"]]
    return [str(each["upload_id"]) for each in inputs]


def _ignore(*_: object) -> None:
    """The default of every callback."""


class JobCalls(ServerCalls):
    """The jobs of one server."""

    def __init__(
        self,
        http: HttpSession,
        *,
        stop: threading.Event,
        poll_interval: float,
        patience_seconds: float,
    ) -> None:
        super().__init__(http)
        self.stop = stop
        self._poll_interval = poll_interval
        self._patience_seconds = patience_seconds

    def dry_run(self, job: Json) -> Json:
        """Return the FFmpeg command of the job without queueing it; raise Refused if invalid."""
        return self._http.json("POST", "/jobs", params={"dry_run": 1}, json=job)

    def status(self, job_id: str) -> Status:
        """Return state and progress of the job."""
        return Status.from_json(self._http.json("GET", f"/jobs/{job_id}/status"))

    def job(self, job_id: str) -> Job:
        """Return the complete job: spec, command, media information, timings."""
        return Job(self._http.json("GET", f"/jobs/{job_id}"))

    def jobs(
        self,
        *,
        states: Sequence[str] = (),
        limit: int = 50,
        cursor: str | None = None,
        labels: Sequence[str] = (),
    ) -> JobPage:
        """Return a page of the jobs, newest first; `cursor` is `next_cursor` of the page before."""
        query: dict[str, Any] = {"state": list(states), "limit": limit, "label": list(labels)}
        if cursor is not None:
            query["cursor"] = cursor
        return JobPage.from_json(self._http.json("GET", "/jobs", params=query))

    def iter_jobs(
        self, *, states: Sequence[str] = (), labels: Sequence[str] = (), page_size: int = 100
    ) -> Iterator[Status]:
        """Yield all jobs of the server, newest first, page by page."""
        cursor: str | None = None
        while True:
            page = self.jobs(states=states, labels=labels, limit=page_size, cursor=cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def poll(self, job_id: str, *, on_break: OnBreak = _ignore) -> Iterator[Status]:
        """Yield a status at every poll until the job is final; retry while the server is away."""
        return follow(
            lambda: self.status(job_id), interval=self._poll_interval, retry=self._retry(on_break)
        )

    def follow(self, job_id: str, *, on_break: OnBreak = _ignore) -> Iterator[Status]:
        """Yield each change of the job's status until it is completed.

        The last status is yielded, then a failed job raises JobFailed and a canceled one
        JobCanceled.
        """
        before: Json | None = None
        for status in self.poll(job_id, on_break=on_break):
            if status.raw != before:
                yield status
            before = status.raw
            if status.is_final:
                require_completed(status)

    def wait(self, job_id: str, *, on_status: Callable[[Status], None] = _ignore) -> Job:
        """Return the complete job once it is completed; raise JobFailed or JobCanceled."""
        for status in self.follow(job_id):
            on_status(status)
        return self.job(job_id)

    def retry(
        self,
        job_id: str,
        job: Json | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Accepted:
        """Queue a job on the inputs of an earlier one: the same, or `job` in its place.

        Nothing is uploaded. Raises Refused if the server has removed an input.
        """
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        try:
            return Accepted.from_json(self._retried(job_id, job, headers))
        except Refused as exc:
            if is_about_upload(exc):
                exc.message = f"an input of job {job_id} is no longer on the server"
                exc.hint = "submit the job again with its files"
            raise

    def _retried(self, job_id: str, job: Json | None, headers: Mapping[str, str]) -> Json:
        try:
            return self._http.json("POST", f"/jobs/{job_id}/retry", json=job, headers=headers)
        except Refused as exc:
            if exc.code not in _NO_ROUTE:
                raise
        # A server of version 0.1.0: submit the job with the uploads of the earlier one.
        earlier = self.job(job_id)
        wanted = earlier["job"] if job is None else job
        body = with_uploads(wanted, upload_ids_of(earlier))
        return self._http.json("POST", "/jobs", json=body, headers=headers)

    def log(self, job_id: str, *, start: int = 0) -> Iterator[bytes]:
        """Yield the job's log as written so far, from byte `start`."""
        return read_log(self._http, job_id, start=start)

    def files(self, job_id: str) -> tuple[JobFile, ...]:
        """Return the files of a completed job in their order; a job with one file has one."""
        return list_files(self._http, job_id)

    def delete_result(self, job_id: str) -> None:
        """Delete the job's files on the server now."""
        self._http.call("DELETE", f"/jobs/{job_id}/result")

    def delete_uploads(self, job_id: str) -> None:
        """Delete the inputs of a job on the server now; raise Refused while a job needs one."""
        for upload_id in dict.fromkeys(upload_ids_of(self.job(job_id))):
            delete_upload(self._http, f"{self._http.url}/uploads/{upload_id}")

    def _retry(self, on_break: OnBreak) -> RetryPolicy:
        return RetryPolicy(self._patience_seconds, self.stop, on_break)
