"""The thread behind the writers of an upload, which sends its parts to the bucket.

Neither waits for the other while the bucket is as fast as the client. What is recorded is punched
out of the spool, so that an upload of any size takes the space of a few parts. When no request has
written for a moment, or one receives nothing, the bytes behind the last full part are kept as a
piece, and the upload is free for any other server.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor

from sqlalchemy.exc import SQLAlchemyError

from ffremote.clock import monotonic
from ffremote.depot.protocol import DepotAway, PartsLost
from ffremote.jobs.fleet.upload_parts import Taken

from .hash import MarkedHash
from .transit import AT_ONCE, Transit

log = logging.getLogger(__name__)

MAX_BEHIND = AT_ONCE + 1  # full parts that may wait in the spool
IDLE_SECONDS = 0.25
LOOK_SECONDS = 0.05
RENEW_SECONDS = 2.0
SILENT_SECONDS = 3.0
AGAIN_SECONDS = 0.5
KEEP_SECONDS = 8.0  # shorter than the silence after which another server takes the upload


class PartSender(threading.Thread):
    """Follows the writers of one upload in this process, one after another."""

    def __init__(self, transit: Transit, pool: Executor) -> None:
        super().__init__(name="upload-parts", daemon=True)
        self.transit = transit
        self._pool = pool
        self._changed = threading.Condition()
        self._size = self._renewed_size = transit.stop
        self._marks: MarkedHash | None = None
        self._is_last = False
        self._writers = 0
        self._idle_since = self._renewed = self._moved = monotonic()
        self._let_go_at: int | None = None
        self._error: BaseException | None = None
        self._has_ended = False

    def attach(self) -> bool:
        """Register a request that writes; return False if this thread ends."""
        with self._changed:
            if self._has_ended:
                return False
            self._writers += 1
            self._moved = monotonic()
            return True

    def detach(self) -> None:
        """End what `attach` began."""
        with self._changed:
            self._writers -= 1
            self._idle_since = monotonic()
            self._changed.notify_all()

    @property
    def is_new(self) -> bool:
        """Whether it has been told of no bytes yet, so that it sends none."""
        return self._size == self.transit.stop and self.transit.queued == self.transit.sent

    def advance_to(self, size: int, marks: MarkedHash | None, *, is_last: bool = False) -> None:
        """Tell that the spool has `size` bytes; wait while too many of them are not sent.

        With `is_last` wait for all. Raise what prevents the sending.
        """
        limit = 0 if is_last else MAX_BEHIND * self.transit.part_bytes
        step = self.transit.part_bytes
        with self._changed:
            is_full = size // step != self._size // step
            self._moved = monotonic()
            self._size, self._marks, self._is_last = size, marks, is_last
            if is_full or is_last:
                self._changed.notify_all()
            while not self._has_ended and size - self.transit.sent > limit:
                self._changed.wait()
            if self._error is not None:
                raise self._error
            if size - self.transit.sent > limit:
                raise DepotAway("This server is ending; ask for the offset of the upload again.")

    def hurry(self) -> None:
        """Wait for no further request."""
        with self._changed:
            self._writers, self._idle_since = 0, -IDLE_SECONDS
            self._changed.notify_all()

    def finish(self) -> None:
        """End the thread, after `advance_to` with `is_last` or without parts."""
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()
        self.join()

    def run(self) -> None:
        """Send until no request has written for a moment, or something prevents it."""
        try:
            while self._turn():
                pass
        except PartsLost as exc:
            self._fail(exc, self.transit.start_over)
        except (DepotAway, OSError, SQLAlchemyError) as exc:
            self._fail(exc, self.transit.record.rest)
        except BaseException as exc:
            self._fail(exc, self.transit.record.rest)
            raise

    def _turn(self) -> bool:
        """Wait until there is something to do, and do it; return False at the end."""
        with self._changed:
            self._changed.wait_for(self._is_ready, self._pause())
            if self._has_ended:
                return False
            size, marks, is_last = self._size, self._marks, self._is_last
        self.transit.send(self._pool, size, is_last=is_last, on_sent=self._notify)
        self.transit.record_sent(marks)
        self._notify()
        self._renew(size)
        if self._is_silent(size):
            self._let_go(size, marks)
        return not self._is_idle(size) or self._goes_on(size, marks)

    def _is_ready(self) -> bool:
        has_work = self.transit.has_work(self._size, self._marks, is_last=self._is_last)
        return self._has_ended or has_work

    def _pause(self) -> float:
        """Return how long to wait for a change: short where none tells that there is work."""
        is_behind = self.transit.queued != self.transit.sent  # the hash may be
        return LOOK_SECONDS if is_behind or not self._writers else RENEW_SECONDS / 2

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _renew(self, size: int) -> None:
        now = monotonic()
        if size != self._renewed_size and now - self._renewed > RENEW_SECONDS:
            self.transit.record.renew(size)
            self._renewed, self._renewed_size = now, size

    def _is_silent(self, size: int) -> bool:
        """Whether the request that writes has received nothing for a moment.

        Its client may be gone, and ask another server.
        """
        if not self._writers or size in (self._let_go_at, self.transit.route.size):
            return False
        is_calm = self.transit.queued == self.transit.sent
        return is_calm and monotonic() - self._moved >= SILENT_SECONDS

    def _let_go(self, size: int, marks: MarkedHash | None) -> None:
        """Keep what is there, and let any server go on; the next byte that comes here renews."""
        if self.transit.stop >= size or self._kept(size, marks):
            self.transit.record.rest()
            self._let_go_at = size

    def _is_idle(self, size: int) -> bool:
        has_parts = self.transit.queued != self.transit.sent
        has_more = size - self.transit.queued >= self.transit.part_bytes
        if self._writers or has_parts or has_more:
            return False
        return monotonic() - self._idle_since >= IDLE_SECONDS

    def _goes_on(self, size: int, marks: MarkedHash | None) -> bool:
        """Keep the rest as a piece and end; return True if a request came meanwhile."""
        if self.transit.stop < size < self.transit.route.size and not self._kept(size, marks):
            return True
        with self._changed:
            if self._writers or self._size != size:
                return True
            self._has_ended = True
        self.transit.record.rest()
        return False

    def _kept(self, size: int, marks: MarkedHash | None) -> bool:
        """Keep the rest as a piece; return False to try again after an error that may pass.

        Without it the next request that goes to another server has to send these bytes again.
        """
        try:
            self.transit.keep_piece(size, marks)
        except PartsLost:
            raise
        except (DepotAway, SQLAlchemyError) as exc:
            if not self._writers and monotonic() - self._idle_since > KEEP_SECONDS:
                raise
            upload_id = self.transit.route.upload_id
            log.info("upload %s: its last bytes are kept later: %s", upload_id, exc)
            with self._changed:
                self._changed.wait(AGAIN_SECONDS)
            return False
        return True

    def _fail(self, error: BaseException, then: Callable[[], None]) -> None:
        """Give the error to the request that waits, and end."""
        log.warning("upload %s: parts are not sent: %s", self.transit.route.upload_id, error)
        self.transit.cancel()
        try:
            then()
        except Taken as exc:
            error = exc  # the parts are lost because another request has completed them
        except (DepotAway, SQLAlchemyError) as exc:
            log.warning("upload %s: its rows stay: %s", self.transit.route.upload_id, exc)
        finally:  # or the request would wait for ever
            with self._changed:
                self._error = error
                self._has_ended = True
                self._changed.notify_all()
