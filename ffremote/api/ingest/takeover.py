"""Takeover of an upload: a silent writer yields to a newer request.

A client whose connection broke retries at once, while the old connection may look alive for long.
A second request for the same upload therefore watches the first for a moment. If the first receives
nothing, its connection is shut down: it keeps the bytes it has and releases the lock. If it
receives something, it keeps the lock. Writers in other processes and under other WSGI servers are
not touched.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ffremote.clock import monotonic

from .request_body import Readable
from .socket_body import SocketBody
from .tus import UploadLocked
from .upload_file import Writer, exclusive_writer

SILENT_SECONDS = 1.0
WATCH_SECONDS = 2.0
RELEASE_SECONDS = 5.0  # the old writer may still write and hash received bytes
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class _ActiveWriter:
    """A request that writes to an upload; `ended` is set once its lock is free."""

    body: SocketBody
    ended: threading.Event = field(default_factory=threading.Event)

    def yields(self) -> bool:
        """Watch the writer, shut it down if it is silent; return whether its lock is now free."""
        remaining, deadline = self.body.remaining, monotonic() + WATCH_SECONDS
        while monotonic() < deadline and self.body.remaining == remaining:
            if self.body.silence() >= SILENT_SECONDS:
                self.body.hang_up()
                return self.ended.wait(RELEASE_SECONDS)
            if self.ended.wait(POLL_SECONDS):
                return True
        return False


class UploadTakeover:
    """The active writers of this process, by upload id."""

    def __init__(self) -> None:
        self._active: dict[str, _ActiveWriter] = {}

    @contextmanager
    def writer(self, upload_id: str, path: Path, stream: Readable) -> Iterator[Writer]:
        """Open an upload's file for its only writer, which reads its bytes from `stream`.

        Raises UploadLocked if another writer stays active, FileNotFoundError as `exclusive_writer`.
        """
        with ExitStack() as stack:
            active = _ActiveWriter(stream) if isinstance(stream, SocketBody) else None
            if active:
                stack.callback(active.ended.set)  # runs last
            writer = self._open(stack, upload_id, path)
            if active:  # registered only while it holds the lock
                self._active[upload_id] = active
                stack.callback(self._active.pop, upload_id)
            yield writer

    def hang_up(self, upload_id: str) -> None:
        """Shut down the request that writes to an upload, if it runs in this process."""
        active = self._active.get(upload_id)
        if active is not None:
            active.body.hang_up()

    def _open(self, stack: ExitStack, upload_id: str, path: Path) -> Writer:
        try:
            return stack.enter_context(exclusive_writer(path))
        except UploadLocked:
            active = self._active.get(upload_id)
            if active is None or not active.yields():
                raise
        return stack.enter_context(exclusive_writer(path))
