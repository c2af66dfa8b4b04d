"""Who writes to which upload: a writer gone silent makes way for a newer one.

A client whose line broke comes back at once, while its old connection may look alive for long. A
second request for the same upload therefore watches the first for a moment: one that hears nothing
from its client is hung up on, keeps what it has and lets go of the lock; one that does hear
something keeps it. Writers in other processes, and under other servers than ours, are left alone.
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
from .upload_file import Writer, writing_to

SILENT_SECONDS = 1.0
WATCH_SECONDS = 2.0
LETTING_GO_SECONDS = 5.0  # it may still write and hash what it has
LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class _Hold:
    """A request that writes; `ended` is set once its lock is free."""

    body: SocketBody
    ended: threading.Event = field(default_factory=threading.Event)

    def yields(self) -> bool:
        """Watch it; whether its lock is free now, by our asking or by its own end."""
        left, deadline = self.body.remaining, monotonic() + WATCH_SECONDS
        while monotonic() < deadline and self.body.remaining == left:
            if self.body.silence() >= SILENT_SECONDS:
                self.body.hang_up()
                return self.ended.wait(LETTING_GO_SECONDS)
            if self.ended.wait(LOOK_SECONDS):
                return True
        return False


class UploadTakeover:
    """The uploads that are being written to."""

    def __init__(self) -> None:
        self._holds: dict[str, _Hold] = {}

    @contextmanager
    def writing_to(self, upload_id: str, path: Path, stream: Readable) -> Iterator[Writer]:
        """Open an upload's file for the only writer, whose bytes come from `stream`.

        Raises UploadLocked when another one is at work, FileNotFoundError as `writing_to` does.
        """
        with ExitStack() as stack:
            hold = _Hold(stream) if isinstance(stream, SocketBody) else None
            if hold:
                stack.callback(hold.ended.set)  # the last of all
            writer = self._open(stack, upload_id, path)
            if hold:  # only who has the lock is entered
                self._holds[upload_id] = hold
                stack.callback(self._holds.pop, upload_id)
            yield writer

    def hang_up(self, upload_id: str) -> None:
        """End the request that writes to an upload, if there is one here."""
        hold = self._holds.get(upload_id)
        if hold is not None:
            hold.body.hang_up()

    def _open(self, stack: ExitStack, upload_id: str, path: Path) -> Writer:
        try:
            return stack.enter_context(writing_to(path))
        except UploadLocked:
            hold = self._holds.get(upload_id)
            if hold is None or not hold.yields():
                raise
        return stack.enter_context(writing_to(path))
