"""Detects that a queued job cannot start because the server has no live worker."""

import time

from ..client.client import Client
from ..client.models import Status
from ..errors import ClientError

FIRST_CHECK_SECONDS = 1.0
"""Time in the queue before the first check; a free worker claims a job sooner."""

CHECK_SECONDS = 15.0
NO_WORKER = "no worker is running; the job waits"


class WorkerWatch:
    """Checks `/readyz` at intervals while a job is queued."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._next_check: float | None = None
        self._note: str | None = None

    def note(self, status: Status) -> str | None:
        """Return what to show instead of the status, or None."""
        if status.state != "queued" or status.upload is not None:
            self._next_check = self._note = None
            return None
        now = time.monotonic()
        if self._next_check is None:
            self._next_check = now + FIRST_CHECK_SECONDS
        elif now >= self._next_check:
            self._next_check = now + CHECK_SECONDS
            self._note = self._check()
        return self._note

    def _check(self) -> str | None:
        try:
            return None if self._client.readiness().get("worker", "ok") == "ok" else NO_WORKER
        except (ClientError, ValueError):  # a proxy that passes only the API
            return None
