"""How far a sync is: what runs, and how many files are done, failed or waiting."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..client.models import Status


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a sync."""

    done: int
    failed: int
    waiting: int
    running: Mapping[str, str]
    """What is being done, by source."""
    note: str | None
    """Why files wait, such as a server that cannot be reached."""


class SyncState:
    """The counters, set by several threads and read by the status line."""

    def __init__(self, *, done: int, failed: int) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, str] = {}
        self._done, self._failed, self._waiting = done, failed, 0
        self._note: str | None = None

    def progress(self) -> Progress:
        """Return the state at this moment."""
        with self._lock:
            running = dict(self._running)
            return Progress(self._done, self._failed, self._waiting, running, self._note)

    def set_counts(self, *, done: int, failed: int) -> None:
        """Set the numbers of files that are finished."""
        with self._lock:
            self._done, self._failed = done, failed

    def set_waiting(self, count: int) -> None:
        """Set the number of files that are not begun."""
        with self._lock:
            self._waiting = count

    def set_note(self, note: str | None) -> None:
        """Set why files wait."""
        with self._lock:
            self._note = note

    def set_running(self, source: str, text: str | None) -> None:
        """Set what is being done with a file; None: it has ended."""
        with self._lock:
            if text is None:
                self._running.pop(source, None)
            else:
                self._running[source] = text


class FileView:
    """Shows the progress of one file in the state: the counterpart of a progress bar."""

    def __init__(self, state: SyncState, source: str) -> None:
        self._state = state
        self._source = source

    def accepted(self, job_id: str) -> None:
        """Leave the text as it is: the id is in the journal."""

    def note(self, text: str) -> None:
        """Show why the work waits."""
        self._state.set_running(self._source, text)

    def sent(self, done: int, total: int | None) -> None:
        """Show the percentage of the upload."""
        self._percent("uploading", done, total)

    def sent_input(self, path: Path, done: int, total: int) -> None:
        """Ignore single inputs: a file of a sync is the only input of its job."""

    def status(self, status: Status) -> None:
        """Show the state of the job."""
        text = f"{status.percent} %" if status.state == "running" else status.state
        self._state.set_running(self._source, text)

    def received(self, done: int, total: int | None) -> None:
        """Show the percentage of the download."""
        self._percent("downloading", done, total)

    def close(self) -> None:
        """Leave the file in the state: a download may follow."""

    def _percent(self, what: str, done: int, total: int | None) -> None:
        part = f" {100 * done // total} %" if total else ""
        self._state.set_running(self._source, f"{what}{part}")
