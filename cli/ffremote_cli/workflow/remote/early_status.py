"""Shows the status of a job that begins while its input is uploaded."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ...client.client import Client
from ...client.models import Status
from ...errors import ClientError
from ..progress_view import ProgressView

SECONDS = 1.0
"""Between two looks at the job."""


@contextmanager
def showing_early(
    client: Client, view: ProgressView, job_id: Callable[[], str | None]
) -> Iterator[ProgressView]:
    """Yield the view for the upload; meanwhile it shows what the job does already, too."""
    shared, ended = _Shared(view), threading.Event()
    threading.Thread(
        target=_look, args=(client, shared, job_id, ended), name="early", daemon=True
    ).start()
    try:
        yield shared
    finally:
        ended.set()
        shared.end_early()


def _look(
    client: Client, view: "_Shared", job_id: Callable[[], str | None], ended: threading.Event
) -> None:
    while not ended.wait(SECONDS):
        known = job_id()
        if known is None:
            continue
        try:
            status = client.status(known)
        except ClientError:  # the upload meets it, too, and says so
            continue
        if status.state == "running" and status.upload is not None:
            view.early(status)


class _Shared:
    """A view for two threads."""

    def __init__(self, view: ProgressView) -> None:
        self._view = view
        self._lock = threading.RLock()
        self._has_ended = False

    def early(self, status: Status) -> None:
        """Show the status, unless the upload has ended."""
        with self._lock:
            if not self._has_ended:
                self._view.status(status)

    def end_early(self) -> None:
        """Show no more statuses of the other thread."""
        with self._lock:
            self._has_ended = True

    def accepted(self, job_id: str) -> None:
        """Pass it on."""
        with self._lock:
            self._view.accepted(job_id)

    def note(self, text: str) -> None:
        """Pass it on."""
        with self._lock:
            self._view.note(text)

    def sent(self, done: int, total: int | None) -> None:
        """Pass it on."""
        with self._lock:
            self._view.sent(done, total)

    def sent_input(self, path: Path, done: int, total: int) -> None:
        """Pass it on."""
        with self._lock:
            self._view.sent_input(path, done, total)

    def status(self, status: Status) -> None:
        """Pass it on."""
        with self._lock:
            self._view.status(status)

    def received(self, done: int, total: int | None) -> None:
        """Pass it on."""
        with self._lock:
            self._view.received(done, total)

    def close(self) -> None:
        """Pass it on."""
        with self._lock:
            self._view.close()
