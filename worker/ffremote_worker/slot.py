"""One slot of a worker: a process that claims a job, runs it, and claims the next."""

import logging
import os
import secrets
import select
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from types import FrameType
from typing import TypeVar

import click

from ffremote import clock, logs
from ffremote.errors import FfremoteError
from ffremote.host.locks import ProcessLock
from ffremote.host.notify import Listener
from ffremote.host.processes import die_with_parent
from ffremote.ledger.outage import Outage
from ffremote.ledger.protocol import Ledger, LedgerAway
from ffremote.ledger.values import Claim, ClaimRequest

from . import own_settings, runner
from .clerk import within
from .context import WorkerContext
from .heartbeat import LAST_SECONDS
from .storage_watch import StorageWatch

log = logging.getLogger(__name__)

T = TypeVar("T")

WAIT_SECONDS = 1.0  # the delay after a missed notification
LATE_SECONDS = 0.5  # in which a registry grants a claim that was waiting when the slot hung up
POLL_SECONDS = 0.1  # where no listener can be bound


@dataclass(slots=True)
class StopRequest:
    """What the supervisor requested of this slot: SIGTERM drains, SIGQUIT stops.

    Two different signals: the kernel merges equal signals that are pending for a busy process.
    """

    parent: int
    listener: Listener
    is_drain_requested: bool = False
    is_stop_requested: bool = False

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Record a signal and wake the slot's wait."""
        self.is_drain_requested = True
        self.is_stop_requested = self.is_stop_requested or number == signal.SIGQUIT
        self.listener.notify()

    def must_drain(self) -> bool:
        """Return whether no new job may be claimed; so, too, when the supervisor has died."""
        return self.is_drain_requested or os.getppid() != self.parent

    def must_stop(self) -> bool:
        """Return whether the running job has to be returned to the queue now."""
        return self.is_stop_requested or os.getppid() != self.parent


class Slot:
    """Claims jobs for one holder."""

    def __init__(
        self, context: WorkerContext, *, worker_id: str, holder: str, may_wait: bool = False
    ) -> None:
        """With `may_wait`, the registry may answer a claim only when there is a job."""
        self._context = context
        self._worker_id = worker_id
        self._holder = holder
        self._may_wait = may_wait
        self._able = context.abilities
        self.reads_arriving = (
            context.settings.overlap == "auto" and context.storage.depot.is_on_this_disk
        )
        self.watch = StorageWatch(context.storage, min_free_bytes=context.settings.min_free_bytes)
        self.outage = Outage(log)
        self._token = secrets.token_hex(16)
        self._may_hold = False  # whether a claim with the token may exist
        self._has_hung_up = False
        self._answer: Future[Claim | None] | None = None

    def claim(self, requests: StopRequest) -> Claim | None:
        """Claim a job that this worker supports, or return None; raise LedgerAway.

        A registry that hangs is waited for, for a few seconds only when a stop is requested.
        """
        if not self._may_hold and not self.watch.is_usable():
            return None
        self._answer = self._answer or self._context.clerk.ask(self._claim)
        patience = LAST_SECONDS
        while not self._answer.done() and patience > 0:
            wait([self._answer], WAIT_SECONDS)
            if requests.must_drain():
                self._context.ledger.hang_up()
                self._has_hung_up = self._may_wait
                patience -= WAIT_SECONDS
        answer, self._answer = self._answer, None
        claim = within(0, answer)
        if claim is not None:
            self._token = secrets.token_hex(16)
        return claim

    def _claim(self, ledger: Ledger) -> Claim | None:
        """Ask for the claim of which no answer came; if there is none, ask for one.

        The token stays the same until there is an answer. It is unique among all claims, so that an
        earlier one that is stored at the last moment is found, and not two.
        """
        claim = ledger.held(self._token) if self._may_hold else None
        if claim is None:
            self._may_hold = True
            request = ClaimRequest(
                self._token,
                self._worker_id,
                self._holder,
                self._able,
                may_wait=self._may_wait,
                reads_arriving=self.reads_arriving,
            )
            claim = ledger.claim(request)
        self._may_hold = False
        return claim

    def leave(self) -> None:
        """Give back a claim whose answer did not come before the slot has to end."""
        if not self._may_hold:
            return
        try:
            claim = self._late_claim()
            if claim is not None:
                message = "Its worker stopped before it began; the job is queued again."
                self._ask_soon(lambda ledger: ledger.release(claim, message=message))
                log.info("job %s: returned to the queue", claim.job_id)
        except LedgerAway as exc:
            log.debug("whether there is a claim to give back is not known: %s", exc)

    def _late_claim(self) -> Claim | None:
        """Return the claim with the token; one that was broken off may be granted just now."""
        claim = self._ask_soon(lambda ledger: ledger.held(self._token))
        if claim is None and self._has_hung_up:
            threading.Event().wait(LATE_SECONDS)
            claim = self._ask_soon(lambda ledger: ledger.held(self._token))
        return claim

    def _ask_soon(self, question: Callable[[Ledger], T]) -> T:
        return within(LAST_SECONDS, self._context.clerk.ask(question))


def work(context: WorkerContext, slot: Slot, requests: StopRequest, *, once: bool) -> None:
    """Claim and run jobs until a drain is requested, or with `once` until the queue is empty."""
    listener = requests.listener
    while not requests.must_drain():
        listener.drain()  # before the queue is read: a later notification means a new job
        asked = clock.monotonic()
        claim = _try_to_claim(slot, requests)
        if claim is not None:
            runner.run(
                context,
                claim,
                watch=slot.watch,
                wake_fd=listener.fileno(),
                must_stop=requests.must_stop,
                must_drain=requests.must_drain,
            )
            if slot.watch.is_doubtful:  # let another worker have the job
                _wait(listener)
        elif once:
            return
        elif clock.monotonic() - asked < WAIT_SECONDS:  # else the registry itself has waited
            _wait(listener)
    slot.leave()


def _try_to_claim(slot: Slot, requests: StopRequest) -> Claim | None:
    try:
        claim = slot.claim(requests)
    except LedgerAway as exc:
        if not requests.must_drain():
            slot.outage.goes_on(f"cannot claim: {exc}")
        return None
    slot.outage.is_over("jobs can be claimed again")
    return claim


def _wait(listener: Listener) -> None:
    waits = [listener] if listener.fileno() >= 0 else []
    select.select(waits, [], [], WAIT_SECONDS if waits else POLL_SECONDS)


def _install(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, handler)


@click.command()
@click.option("--worker", "worker_id", required=True)
@click.option("--holder", required=True)
@click.option("--parent", required=True, type=int)
@click.option("--sandbox", required=True)
@click.option("--once", is_flag=True)
def main(worker_id: str, holder: str, parent: int, sandbox: str, once: bool) -> None:
    """Run one slot of the worker daemon that started this process."""
    die_with_parent(parent)
    settings = own_settings.load()
    logs.configure(settings)
    try:
        context = WorkerContext.open(settings, sandbox=sandbox)
    except (FfremoteError, OSError) as exc:  # the supervisor starts another
        log.error("a slot cannot start: %s", exc)
        raise SystemExit(1) from None
    run_dir = context.storage.run
    with ProcessLock(context.storage.lock(holder)), Listener(run_dir, holder) as listener:
        requests = StopRequest(parent, listener)
        _install(requests.on_signal)
        slot = Slot(context, worker_id=worker_id, holder=holder, may_wait=not once)
        work(context, slot, requests, once=once)


if __name__ == "__main__":
    main()
