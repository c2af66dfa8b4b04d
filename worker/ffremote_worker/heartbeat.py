"""The heartbeat of a claim: writes progress and detects that the claim was lost."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from ffremote import clock
from ffremote.ledger.outage import Outage
from ffremote.ledger.protocol import Ledger, LedgerAway, LedgerFull
from ffremote.ledger.values import Claim, ProgressUpdate

from .clerk import Clerk, within

log = logging.getLogger(__name__)

T = TypeVar("T")

ANSWER_SECONDS = 0.2  # the wait of a tick; meanwhile FFmpeg's pipes are not read
WARN_SECONDS = 5.0  # of silence before it is called an outage
LAST_SECONDS = 3.0  # the wait for an answer that is of use only soon


class ClaimLost(Exception):
    """The job was canceled or rescued, or its row is unreachable: stop and write nothing more."""


class StopNow(Exception):
    """The worker has to stop at once and return the job to the queue."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a claim goes on without an answer: `outage_seconds`, at least most of a lease."""

    lease_seconds: float
    outage_seconds: float
    tick_seconds: float

    @property
    def with_work(self) -> float:
        """The seconds while there is work to lose: the token decides at the end."""
        return max(self.lease_seconds * 2 / 3, self.outage_seconds)

    @property
    def without_work(self) -> float:
        """The seconds when there is none: a lease does the same as the answer."""
        return self.lease_seconds * 2 / 3


class Heartbeat:
    """Renews one claim; `send` raises ClaimLost or StopNow when the work has to end.

    While the registry does not answer, or answers that it cannot write, the work goes on: no
    other worker can claim the job meanwhile, or the token will say so. It ends when the registry
    says that the claim is gone, or after the patience. `must_stop` returns whether the worker has
    to stop. `free_disk_space` frees disk space that is reserved for recording the end of a job, and
    returns whether there was any.
    """

    def __init__(
        self,
        clerk: Clerk,
        claim: Claim,
        *,
        patience: Patience,
        must_stop: Callable[[], bool],
        free_disk_space: Callable[[], bool],
    ) -> None:
        self.claim = claim
        self._clerk = clerk
        self._patience = patience
        self._must_stop = must_stop
        self._make_room = free_disk_space
        self._renewed = clock.monotonic()
        self._outage = Outage(log)
        self._beat: tuple[float, Future[bool]] | None = None
        self._pause = threading.Event()  # never set: its wait is a sleep

    @property
    def outage_seconds(self) -> float:
        """How long work goes on while what it needs does not answer."""
        return self._patience.with_work

    def send(self, update: ProgressUpdate) -> None:
        """Write one heartbeat, unless the last one is not answered; raise StopNow or ClaimLost."""
        if self._must_stop():
            raise StopNow
        asked_at, beat = self._beat or (clock.monotonic(), self._ask(update))
        self._beat = asked_at, beat
        try:
            is_held = within(ANSWER_SECONDS, beat)
        except LedgerAway as exc:
            self._check_outage(exc, self._renewed, self._patience.with_work)
            return
        finally:
            if beat.done():
                self._beat = None
        if not is_held:
            raise ClaimLost
        self._renewed = asked_at
        self._answered()

    def ask_until_answered(
        self, question: Callable[[Ledger], bool], *, has_work: bool = True
    ) -> bool:
        """Ask a question, again if the registry cannot do it; return its answer.

        Raise ClaimLost when there was no answer for too long, sooner if there is no work to lose.
        """
        patience = self._patience.with_work if has_work else self._patience.without_work
        since = self._renewed if has_work else clock.monotonic()
        answer = self._clerk.ask(question)
        while True:
            try:
                found = within(self._patience.tick_seconds, answer)
            except LedgerAway as exc:
                if answer.done() and isinstance(exc, LedgerFull) and self._make_room():
                    answer = self._clerk.ask(question)
                    continue
                self._check_outage(exc, since, patience)
            else:
                self._answered()
                return found
            if answer.done():
                self._pause.wait(self._patience.tick_seconds)
                answer = self._clerk.ask(question)

    def ask_once(self, question: Callable[[Ledger], T]) -> T:
        """Ask a question whose answer is of use only soon; raise LedgerAway."""
        return within(LAST_SECONDS, self._clerk.ask(question))

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
        thread.join(self._patience.tick_seconds)
        while thread.is_alive():
            self.send(update)
            thread.join(self._patience.tick_seconds)
        if errors:
            raise errors[0]
        return results[0]

    def _ask(self, update: ProgressUpdate) -> Future[bool]:
        return self._clerk.ask(lambda ledger: ledger.beat(self.claim, update))

    def _check_outage(self, exc: LedgerAway, since: float, patience: float) -> None:
        """Log an outage now and then; raise ClaimLost when it has lasted too long."""
        silence = clock.monotonic() - since
        if silence > WARN_SECONDS:
            self._outage.goes_on(f"job {self.claim.job_id}: no answer for {silence:.0f} s: {exc}")
        if silence > patience:
            raise ClaimLost from exc

    def _answered(self) -> None:
        self._outage.is_over(f"job {self.claim.job_id}: there are answers again")
