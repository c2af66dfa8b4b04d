"""The one line of `ffremote sync`: how many files are done, and what runs."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, RLock, Thread

from ..formatting import one_line
from ..sync.state import Progress, SyncState

_CLEAR = "\r\x1b[K"
_SHOWN_RUNNING = 2
REDRAW_SECONDS = 0.5


def status_line(progress: Progress) -> str:
    """Return the state as one line."""
    counts = [f"{progress.done} done"]
    counts += [f"{progress.failed} failed"] if progress.failed else []
    counts += [f"{progress.waiting} waiting"] if progress.waiting else []
    running = [f"{name} {text}" for name, text in sorted(progress.running.items())]
    hidden = len(running) - _SHOWN_RUNNING
    shown = ", ".join(running[:_SHOWN_RUNNING]) + (f" and {hidden} more" if hidden > 0 else "")
    parts = [", ".join(counts), shown, progress.note or ""]
    return one_line(" | ".join(part for part in parts if part))


class StatusLine:
    """Redraws the line on a terminal; elsewhere it writes nothing."""

    def __init__(self, state: SyncState, *, is_shown: bool) -> None:
        self._state = state
        self._is_shown = is_shown and sys.stderr.isatty()
        self._lock = RLock()

    @contextmanager
    def drawn(self) -> Iterator[None]:
        """Keep the line on the screen until the end."""
        ended = Event()
        thread = Thread(target=self._redraw, args=(ended,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            self._write(_CLEAR)

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Remove the line while something else is printed."""
        with self._lock:
            self._write(_CLEAR)
            yield

    def _redraw(self, ended: Event) -> None:
        while not ended.wait(REDRAW_SECONDS):
            columns = shutil.get_terminal_size().columns
            line = status_line(self._state.progress())
            self._write(f"{_CLEAR}{line[: columns - 1]}")

    def _write(self, text: str) -> None:
        if self._is_shown:
            with self._lock:
                sys.stderr.write(text)
                sys.stderr.flush()
