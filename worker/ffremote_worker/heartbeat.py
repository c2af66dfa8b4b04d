"""The heartbeat of a claim: writes progress and detects that the claim was lost."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from ffremote import clock
from ffremote.ledger.protocol import Ledger, LedgerAway, LedgerFull
from ffremote.ledger.values import Claim, ProgressUpdate

log = logging.getLogger(__name__)

T = TypeVar("T")


class ClaimLost(Exception):
    """The job was canceled or rescued, or its row is unreachable: stop and write nothing more."""


class StopNow(Exception):
    """The worker has to stop at once and return the job to the queue."""


class Heartbeat:
    """Renews one claim; `send` raises ClaimLost or StopNow when the work has to end.

    While the database cannot be written (locked, disk full) sending goes on; a claim that could not
    be renewed for two thirds of the lease is given up, before another worker can rescue its job.
    `must_stop` returns whether the worker has to stop. `free_disk_space` frees disk space that is
    reserved for recording the end of a job, and returns whether there was any.
    """

    def __init__(
        self,
        ledger: Ledger,
        claim: Claim,
        *,
        lease_seconds: float,
        tick_seconds: float,
        must_stop: Callable[[], bool],
        free_disk_space: Callable[[], bool],
    ) -> None:
        self.claim = claim
        self._ledger = ledger
        self._valid_seconds = lease_seconds * 2 / 3
        self._tick_seconds = tick_seconds
        self._must_stop = must_stop
        self._make_room = free_disk_space
        self._renewed = clock.monotonic()
        self._pause = threading.Event()  # never set: its wait is a sleep

    def send(self, update: ProgressUpdate) -> None:
        """Write one heartbeat; raise StopNow or ClaimLost."""
        if self._must_stop():
            raise StopNow
        started = clock.monotonic()
        try:
            is_held = self._ledger.beat(self.claim, update)
        except LedgerAway as exc:
            self._check_outage(exc)
            return
        if not is_held:
            raise ClaimLost
        self._renewed = started

    def ask_until_answered(self, question: Callable[[], bool]) -> bool:
        """Call `question`, and again while the registry does not answer; return its answer.

        Raise ClaimLost when the claim has become too old meanwhile.
        """
        while True:
            try:
                return question()
            except LedgerAway as exc:
                if isinstance(exc, LedgerFull) and self._make_room():
                    continue
                self._check_outage(exc)
                self._pause.wait(self._tick_seconds)

    def run_with_heartbeat(self, work: Callable[[], T], update: ProgressUpdate) -> T:
        """Run blocking `work` in a thread and send heartbeats meanwhile; return its result."""
        results: list[T] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                results.append(work())
            except BaseException as exc:
                errors.append(exc)

        thread = threading.Thread(target=run, name="work", daemon=True)
        thread.start()
        thread.join(self._tick_seconds)
        while thread.is_alive():
            self.send(update)
            thread.join(self._tick_seconds)
        if errors:
            raise errors[0]
        return results[0]

    def _check_outage(self, exc: LedgerAway) -> None:
        """Log a failed write; raise ClaimLost when the last success is too long ago."""
        silent = clock.monotonic() - self._renewed
        log.warning("job %s: no heartbeat for %.0f s: %s", self.claim.job_id, silent, exc)
        if silent > self._valid_seconds:
            raise ClaimLost from exc
