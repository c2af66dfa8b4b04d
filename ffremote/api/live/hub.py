"""The open responses of one server: one thread looks once for all of them, and only while any is.

The thread ends with the last watcher. An outage of the database ends no response: what is missed
meanwhile is told after it.
"""

import logging
import threading
from collections.abc import Sequence

from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ffremote.clock import monotonic
from ffremote.errors import ServiceUnavailable

from ..context import KEY, AppContext
from . import messages, news
from .desk import Desk
from .subscribers import Outlet, Subscriber, Wish

log = logging.getLogger(__name__)

EXTENSION = "ffremote.live"
MOST = 500
TURN_SECONDS = 0.5
TOKENS_SECONDS = 2.0
BEAT_SECONDS = 15.0
ENDED = messages.message("end", messages.encode({"reason": "The token is no longer accepted."}))


class Hub:
    """All who watch in the process of one app."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._bell = threading.Event()
        self._new: list[Subscriber] = []
        self._subscribers: list[Subscriber] = []
        self._is_running = False
        self._desk: Desk | None = None
        self._tokens_at = 0.0

    def __len__(self) -> int:
        return len(self._new) + len(self._subscribers)

    def require_room(self) -> None:
        """Raise ServiceUnavailable if no more responses can be kept open."""
        if len(self) >= MOST:
            raise ServiceUnavailable(
                f"This server has {MOST} open event streams, which is all that it keeps; "
                "poll GET /api/v1/jobs instead, or try again later."
            )

    def add(self, wish: Wish, outlet: Outlet) -> None:
        """Tell a new watcher what changes, from now on."""
        with self._lock:
            self._new.append(Subscriber(wish, outlet))
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="events", daemon=True).start()
        self._bell.set()

    def _run(self) -> None:
        while self._goes_on(now=monotonic()):
            self._bell.clear()
            try:
                with self._app.app_context():
                    self._turn(self._app.extensions[KEY], now=monotonic())
            except (DBAPIError, PoolTimeout, OSError) as exc:
                if self._desk is not None:
                    log.warning("what changes cannot be read, and is told later: %s", exc)
                self._desk = None
            self._bell.wait(TURN_SECONDS)

    def _goes_on(self, *, now: float) -> bool:
        """Return whether anybody watches; else the thread ends, and the next watcher begins one."""
        self._stay(
            [
                (each, each.outlet.is_open and each.beat(now=now, after=BEAT_SECONDS))
                for each in self._subscribers
            ]
        )
        with self._lock:
            self._is_running = len(self) > 0
            if not self._is_running:
                self._desk = None
            return self._is_running

    def _turn(self, context: AppContext, *, now: float) -> None:
        """Tell all what is new, and new watchers how things are."""
        self._end_revoked(context, now=now)
        desk, lost = self._desk, b""
        if desk is None:
            desk, lost = Desk(context), news.TOO_OLD  # nobody knows what changed before
        with self._lock:
            new, known = list(self._new), list(self._subscribers)
        edition = desk.edition(context, [each.wish for each in (*known, *new)], now=now)
        welcomes = [(each, desk.welcome(context, each.wish)) for each in new]
        self._desk = desk
        told = [(each, lost + edition.of(each.wish)) for each in known] + welcomes
        self._deliver(told, new, now=now)

    def _deliver(
        self, told: Sequence[tuple[Subscriber, bytes]], new: Sequence[Subscriber], *, now: float
    ) -> None:
        heard = [(each, each.tell(data, now=now)) for each, data in told]
        with self._lock:
            self._new = [each for each in self._new if each not in new]
            self._stay(heard)

    def _stay(self, heard: Sequence[tuple[Subscriber, bool]]) -> None:
        """Keep those that are still there, and release the connections of the others."""
        for each, is_open in heard:
            if not is_open:
                each.outlet.close()
        self._subscribers = [each for each, is_open in heard if is_open]

    def _end_revoked(self, context: AppContext, *, now: float) -> None:
        """End the responses whose token was revoked or has expired."""
        if now < self._tokens_at:
            return
        self._tokens_at = now + TOKENS_SECONDS
        tokens = context.access.tokens
        if not tokens.are_required():
            return
        valid = tokens.client_hashes()
        for each in self._subscribers:
            if each.wish.token_hash not in valid:
                each.tell(ENDED, now=now)
                each.outlet.close()
        self._subscribers = [s for s in self._subscribers if s.wish.token_hash in valid]
