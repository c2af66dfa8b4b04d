"""The loop of a sync: looks at the folder, converts what has settled, several files at a time."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..errors import ClientError, LocalFileProblem, Stopped
from ..workflow.parallel import GRACE_SECONDS
from .choice import Chooser, Collision, Task
from .conversion import Converter
from .journal import DONE, FAILED, Entry
from .outcomes import ends_sync
from .scan import Settling, Version, scan
from .state import FileView, SyncState

LONGEST_PAUSE = 300.0
"""Seconds until a file is tried again for which something is missing, such as the server."""


@dataclass(slots=True)
class Sync:
    """One running sync."""

    converter: Converter
    chooser: Chooser
    settling: Settling
    state: SyncState
    interval: float
    at_once: int
    stop: threading.Event
    on_end: Callable[[Entry], None]
    """Called with the entry of each file that has ended, by one thread at a time."""

    _queue: "queue.Queue[Task]" = field(default_factory=queue.Queue)
    _busy: set[str] = field(default_factory=set)
    """Sources that are queued or converted."""
    _retries: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Of sources to try again: how often it was tried, and when to try."""
    _kept: set[tuple[str, Version]] = field(default_factory=set)
    """Sources with a result: what could not be deleted once is not tried again and again."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _unsettled: int = 0
    _fatal: BaseException | None = None
    _passing: ClientError | None = None

    def run(self, *, once: bool) -> None:
        """Convert files until `stop` is set, or once all that had settled have ended.

        Raises Stopped, an error that concerns every file, or, with `once`, one that passes.
        """
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(self.at_once)]
        for thread in threads:
            thread.start()
        try:
            self._run_once() if once else self._watch()
        finally:
            is_stopped = self.stop.is_set()
            self.stop.set()
            deadline = time.monotonic() + GRACE_SECONDS
            for thread in threads:
                thread.join(max(0.0, deadline - time.monotonic()))
        if self._fatal is not None:
            raise self._fatal
        if is_stopped:
            raise Stopped("stopped; jobs that run go on, and the next sync downloads their results")

    def _run_once(self) -> None:
        self.look()
        self.stop.wait(self.settling.seconds)
        self.look()
        while self._busy and not self.stop.is_set():
            self.stop.wait(0.1)
        if self._passing is not None and not self.stop.is_set():
            raise self._passing

    def _watch(self) -> None:
        while not self.stop.is_set():
            self.look()
            self.stop.wait(self.interval)

    def look(self) -> None:
        """Look at the folder once, and queue what has settled and is due."""
        files = self._files()
        settled = self.settling.settled(files)
        entries = self.converter.journal.entries
        tasks, collisions = self.chooser.choose(
            {name: version for name, version in files.items() if name in settled}, entries
        )
        for collision in collisions:
            self.chooser.retries.discard(collision.task.source)
            self._refuse(collision)
        now = time.monotonic()
        with self._lock:
            due = [task for task in tasks if self._is_due(task, now)]
            self.chooser.retries.difference_update(task.source for task in due)
            self._busy |= {task.source for task in due}
        for task in due:
            self._queue.put(task)
        self._unsettled = len(files) - len(settled)
        self._count()

    def _files(self) -> dict[str, Version]:
        return scan(self.converter.source, without=self.converter.target)

    def _is_due(self, task: Task, now: float) -> bool:
        _, due_at = self._retries.get(task.source, (0, 0.0))
        is_kept = task.is_done and (task.source, task.version) in self._kept
        return task.source not in self._busy and now >= due_at and not is_kept

    def _refuse(self, collision: Collision) -> None:
        task, other = collision.task, collision.other
        entry = self.converter.fail(
            task,
            LocalFileProblem(
                f"its result would be {task.target}, which is that of {other}",
                hint="rename one of the two",
            ),
        )
        self._ended(entry)

    def _work(self) -> None:
        while not self.stop.is_set():
            try:
                task = self._queue.get(timeout=0.2)
            except queue.Empty:
                continue
            try:
                self._convert(task)
            except BaseException as exc:  # a bug, or an error that ends the sync
                self._fatal = self._fatal or exc
                self.stop.set()
            finally:
                self.state.set_running(task.source, None)
                with self._lock:
                    self._busy.discard(task.source)
                    self._count()

    def _convert(self, task: Task) -> None:
        try:
            self.state.set_running(task.source, "starting")
            entry = self.converter.convert(task, FileView(self.state, task.source))
        except Stopped:
            if not self.stop.is_set():
                raise
        except ClientError as exc:
            if ends_sync(exc):
                raise
            self._postpone(task, exc)
        else:
            with self._lock:
                self._kept.add((task.source, task.version))
            if not task.is_done:
                self._ended(entry)

    def _postpone(self, task: Task, error: ClientError) -> None:
        with self._lock:
            count = self._retries.get(task.source, (0, 0.0))[0] + 1
            pause = min(LONGEST_PAUSE, self.interval * 2 ** min(count, 10) / 2)
            self._retries[task.source] = (count, time.monotonic() + pause)
            self._passing = error
        self.state.set_note(error.message)

    def _ended(self, entry: Entry) -> None:
        with self._lock:
            self._retries.pop(entry.source, None)
            self.on_end(entry)
        self.state.set_note(None)

    def _count(self) -> None:
        states = [entry.state for entry in self.converter.journal.entries.values()]
        self.state.set_counts(done=states.count(DONE), failed=states.count(FAILED))
        self.state.set_waiting(self._queue.qsize() + self._unsettled + len(self._retries))
