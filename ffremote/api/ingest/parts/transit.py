"""The parts of one upload: full ones are sent some at a time, and recorded in their order."""

import os
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ffremote.depot import keys
from ffremote.depot.protocol import Depot, DepotAway, InParts
from ffremote.host import holes
from ffremote.jobs.fleet.upload_parts import Stored, StoredPart

from .hash import MarkedHash
from .record import Record

AT_ONCE = 3
SENT = "sent"
"""The file beside a spool: how many of its first bytes may be holes."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where an upload of `size` bytes goes: from the file `spool` to the bucket."""

    upload_id: str
    size: int
    spool: Path
    depot: Depot
    in_parts: InParts

    @property
    def key(self) -> str:
        """The key of the whole upload."""
        return keys.upload(self.upload_id)


@dataclass(frozen=True, slots=True)
class _Sending:
    """A part on its way."""

    start: int
    stop: int
    number: int
    etag: Future[str]


class Transit:
    """What the bucket has of an upload, and what is on its way; `on_sent` is called in any thread.

    Not to be used by two threads at once.
    """

    def __init__(self, route: Route, stored: Stored, record: Record) -> None:
        self.route, self.record = route, record
        self.part_bytes = stored.part_bytes or route.in_parts.part_bytes
        self.multipart = stored.multipart
        self.parts = list(stored.numbered)
        self.pieces = list(stored.pieces)
        self._sending: deque[_Sending] = deque()

    @property
    def sent(self) -> int:
        """How many of the first bytes the bucket has as parts."""
        return self.parts[-1].stop if self.parts else 0

    @property
    def stop(self) -> int:
        """How many of the first bytes the bucket has at all."""
        return self.pieces[-1].stop if self.pieces else self.sent

    @property
    def queued(self) -> int:
        """How many of the first bytes are sent, or on their way as parts."""
        return self._sending[-1].stop if self._sending else self.sent

    def has_work(self, size: int, marks: MarkedHash | None, *, is_last: bool) -> bool:
        """Return whether `send` or `record_sent` would do something now."""
        has_part = size - self.queued >= (1 if is_last else self.part_bytes)
        return (has_part and len(self._sending) < AT_ONCE) or self._first_done(marks) is not None

    def send(
        self, pool: Executor, size: int, *, is_last: bool, on_sent: Callable[[], None]
    ) -> None:
        """Begin to send what is full of `size` bytes, and with `is_last` the rest too."""
        while len(self._sending) < AT_ONCE and self.queued < size:
            stop = min(self.queued + self.part_bytes, size)
            if stop - self.queued < self.part_bytes and not is_last:
                return
            self._send(pool, self.queued, stop).add_done_callback(lambda _: on_sent())

    def _send(self, pool: Executor, start: int, stop: int) -> Future[str]:
        route = self.route
        if self.multipart is None:
            self.multipart = route.in_parts.begin(route.key)
            self.record.begin(self.multipart, self.part_bytes)
        number = len(self.parts) + len(self._sending) + 1
        section = (route.spool, start, stop)
        etag = pool.submit(route.in_parts.send, route.key, self.multipart, number, section)
        self._sending.append(_Sending(start, stop, number, etag))
        return etag

    def record_sent(self, marks: MarkedHash | None) -> None:
        """Record the parts that the bucket has and the hash has passed; raise why one is not."""
        while (first := self._first_done(marks)) is not None:
            state = None if marks is None else marks.state_at(first.stop)
            size = first.stop - first.start
            part = StoredPart(first.start, size, first.number, first.etag.result(), None, state)
            replaced = self.record.add(part)
            _punch(self.route.spool, first.stop)
            self.parts.append(part)
            self._sending.popleft()
            self.pieces.clear()
            self.remove(replaced)

    def _first_done(self, marks: MarkedHash | None) -> _Sending | None:
        if not self._sending or not self._sending[0].etag.done():
            return None
        first = self._sending[0]
        return first if marks is None or marks.hashed >= first.stop else None

    def keep_piece(self, size: int, marks: MarkedHash | None) -> None:
        """Keep the bytes from `stop` on, less than a part, as an object of their own."""
        start, key = self.stop, keys.piece(self.route.upload_id, uuid.uuid4().hex)
        self.route.in_parts.keep_piece(key, (self.route.spool, start, size))
        state = marks.state_at(size) if marks is not None and marks.hashed == size else None
        piece = StoredPart(start, size - start, None, None, key, state)
        self.record.add(piece)
        self.pieces.append(piece)

    def start_over(self) -> None:
        """Forget all parts, which the bucket does not have: the next request begins at 0."""
        self.remove(self.record.forget())

    def cancel(self) -> None:
        """Begin nothing of what is still to be sent."""
        for each in self._sending:
            each.etag.cancel()

    def remove(self, objects: Iterable[str]) -> None:
        """Remove pieces that are not needed; those that cannot be are left to the sweep."""
        for key in objects:
            with suppress(DepotAway):
                self.route.depot.remove(key)


def _punch(spool: Path, stop: int) -> None:
    """Give the space of what the bucket has back; a file that is removed has none."""
    with suppress(FileNotFoundError):
        spool.with_name(SENT).write_text(f"{stop}\n", encoding="ascii")
        descriptor = os.open(spool, os.O_WRONLY | os.O_NOFOLLOW)
        try:
            holes.punch(descriptor, 0, stop)
        finally:
            os.close(descriptor)


def sent_of(spool: Path) -> int:
    """Return how many of the first bytes of a spool may be holes."""
    try:
        return int(spool.with_name(SENT).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0
