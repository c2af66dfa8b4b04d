"""Polls a job's status until it is final, and maps the final status to an error."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..errors import JobCanceled, JobFailed, Refused, Unreachable
from .models import Status
from .retry import RetryPolicy

FIRST_PAUSE = 0.1
"""Seconds. Pauses double up to the poll interval, so a short job ends without a long wait."""


def follow(poll: Callable[[], Status], *, interval: float, retry: RetryPolicy) -> Iterator[Status]:
    """Yield the results of `poll` until the job is final; retry while the server is away."""
    pause = min(FIRST_PAUSE, interval)
    while True:
        try:
            status = poll()
        except (Unreachable, Refused) as exc:
            retry.backoff(exc)
            continue
        retry.reset()
        yield status
        if status.is_final:
            return
        retry.sleep(_until_next(status, pause))
        pause = min(pause * 2, interval)


def _until_next(status: Status, pause: float) -> float:
    if status.eta_seconds is None or status.state != "running":
        return pause
    return min(pause, max(FIRST_PAUSE, status.eta_seconds))


def require_completed(status: Status) -> None:
    """Raise JobCanceled or JobFailed for a final status that is not `completed`."""
    if status.state == "canceled":
        raise JobCanceled(status.job_id)
    if status.state == "failed":
        error = status.error or {}
        message = error.get("message") or status.message
        raise job_failed(status.job_id, str(message), error.get("details") or {})


def job_failed(job_id: str, message: str, details: Mapping[str, Any]) -> JobFailed:
    """Return the error for a failed job, with the server's reason and a hint."""
    return JobFailed(
        f"job {job_id} failed: {message}",
        job_id=job_id,
        details=details,
        hint=details.get("hint") or f"`ffremote log {job_id}` shows FFmpeg's messages",
    )
