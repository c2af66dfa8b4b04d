"""A job's statuses, one after the other, until it is final; and what the last one means."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..errors import JobCanceled, JobFailed, Refused, Unreachable
from .models import Status
from .retry import RetryPolicy

FIRST_PAUSE = 0.1
"""Seconds; the pauses grow to the poll interval, so that a short job is not waited for."""


def follow(ask: Callable[[], Status], *, interval: float, retry: RetryPolicy) -> Iterator[Status]:
    """Yield what `ask` says until the job is final; a server that restarts is waited for."""
    pause = min(FIRST_PAUSE, interval)
    while True:
        try:
            status = ask()
        except (Unreachable, Refused) as exc:
            retry.wait(exc)
            continue
        retry.renew()
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
    """Raise what a final status other than completed stands for."""
    if status.state == "canceled":
        raise JobCanceled(status.job_id)
    if status.state == "failed":
        error = status.error or {}
        message = error.get("message") or status.message
        raise job_failed(status.job_id, str(message), error.get("details") or {})


def job_failed(job_id: str, message: str, details: Mapping[str, Any]) -> JobFailed:
    """The error for a failed job, with the server's reason and what to do next."""
    return JobFailed(
        f"job {job_id} failed: {message}",
        job_id=job_id,
        details=details,
        hint=details.get("hint") or f"`ffremote log {job_id}` shows all",
    )
