"""Why a queued job does not begin: the server has no worker that is alive."""

import time

from ..client.client import Client
from ..client.models import Status
from ..errors import ClientError

FIRST_LOOK_SECONDS = 1.0
"""In the queue before the first look: a free worker takes a job in less."""

LOOK_SECONDS = 15.0
NO_WORKER = "no worker is running; the job waits"


class WorkerWatch:
    """Asks `/readyz` now and then while a job is in the queue."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._next_look: float | None = None
        self._note: str | None = None

    def note(self, status: Status) -> str | None:
        """What to show beside the status, or None."""
        if status.state != "queued" or status.upload is not None:
            self._next_look = self._note = None
            return None
        now = time.monotonic()
        if self._next_look is None:
            self._next_look = now + FIRST_LOOK_SECONDS
        elif now >= self._next_look:
            self._next_look = now + LOOK_SECONDS
            self._note = self._look()
        return self._note

    def _look(self) -> str | None:
        try:
            return None if self._client.readiness().get("worker", "ok") == "ok" else NO_WORKER
        except (ClientError, ValueError):  # a proxy that lets only the API through
            return None
