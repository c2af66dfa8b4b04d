"""What a supervisor asks of the ledger again and again: lost jobs, its heartbeat, a drain."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from ffremote import clock
from ffremote.files import ballast
from ffremote.ledger.outage import Outage
from ffremote.ledger.protocol import HEARTBEAT_SECONDS, Ledger, LedgerAway

from .clerk import within
from .context import WorkerContext
from .heartbeat import ANSWER_SECONDS

T = TypeVar("T")

log = logging.getLogger(__name__)

WARN_SECONDS = 5.0  # without an answer before it is called an outage


class Rounds:
    """One round after another; each runs every step once and repeats none that failed."""

    def __init__(self, context: WorkerContext, worker_id: str) -> None:
        self._context = context
        self._id = worker_id
        self._round: Future[bool | None] | None = None
        self._next_heartbeat = 0.0
        self._was_notified = True
        self._began = 0.0
        self._has_failed = False
        self._outage = Outage(log)

    def look(self, *, notified: bool) -> bool | None:
        """Begin a round, unless the last one is not answered yet.

        Return whether a drain of the worker is requested, or None if that is not known now.
        """
        self._was_notified = self._was_notified or notified
        if self._round is None:
            self._began = clock.monotonic()
            self._round = self._context.clerk.ask(partial(self._run, notified=self._was_notified))
            self._was_notified = False
        try:
            return within(ANSWER_SECONDS, self._round)
        except LedgerAway as exc:
            if clock.monotonic() - self._began > WARN_SECONDS:
                self._warn("the registry does not answer", exc)
            return None
        finally:
            if self._round.done():
                self._round = None

    def _run(self, ledger: Ledger, *, notified: bool) -> bool | None:
        """Run every step once; return whether to drain, None without an answer."""
        self._has_failed = False
        self._try(ledger.rescue_lost)
        is_due = clock.monotonic() >= self._next_heartbeat
        if is_due:
            self._next_heartbeat = clock.monotonic() + HEARTBEAT_SECONDS
            self._try(partial(ledger.record_heartbeat, self._id))
            if self._context.has_ballast:
                self._try(partial(ballast.restore, self._context.storage))
            if not self._has_failed:
                self._outage.is_over(f"worker {self._id}: the registry can be used again")
        if not is_due and not notified:
            return None
        return self._try(partial(ledger.is_asked_to_drain, self._id))

    def _try(self, step: Callable[[], T]) -> T | None:
        try:
            return step()
        except LedgerAway as exc:
            self._warn("the registry cannot be used", exc)
        except OSError as exc:
            self._warn("the data directory cannot be used", exc)
        return None

    def _warn(self, what: str, exc: Exception) -> None:
        self._has_failed = True
        self._outage.goes_on(f"worker {self._id}: {what}: {exc}")
