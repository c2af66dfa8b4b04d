"""One slot of a worker: a process that claims a job, runs it, and claims again."""

import logging
import os
import select
import signal
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

import click
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ffremote import logs
from ffremote.config import load_settings
from ffremote.host.locks import ProcessLock
from ffremote.host.notify import Listener
from ffremote.host.processes import die_with_parent
from ffremote.jobs import queue
from ffremote.jobs.claims import Claim

from . import runner
from .context import WorkerContext

log = logging.getLogger(__name__)

WAIT_SECONDS = 1.0  # a ring that was missed costs this much
DEAF_SECONDS = 0.1  # without a doorbell


@dataclass(slots=True)
class StopRequest:
    """What the supervisor asked of this slot: SIGTERM drains, SIGQUIT stops.

    Two signals, for two equal ones that wait for a busy process arrive as one.
    """

    parent: int
    listener: Listener
    drains: bool = False
    stops: bool = False

    def heard(self, number: int, _frame: FrameType | None) -> None:
        """Note a signal and wake whoever waits."""
        self.drains = True
        self.stops = self.stops or number == signal.SIGQUIT
        self.listener.notify()

    @property
    def drain(self) -> bool:
        """Whether no new job may be claimed."""
        return self.drains or os.getppid() != self.parent

    def stop(self) -> bool:
        """Whether the running job has to be given back now."""
        return self.stops or os.getppid() != self.parent


class Slot:
    """Claims for one holder."""

    def __init__(self, context: WorkerContext, *, worker_id: str, holder: str) -> None:
        self._workshop = context
        self._worker_id = worker_id
        self._holder = holder
        self._can: frozenset[str] = frozenset({""})
        self._had_room = True

    def take(self) -> Claim | None:
        """Claim a job that this worker can do, or return None."""
        with self._workshop.sessions() as session:
            if not queue.has_claimable(session) or not self._has_room():
                return None
            return self._claim(session) or self._claim_anew(session)

    def _has_room(self) -> bool:
        """Whether the disk has more than the operator's reserve; says so when that changes."""
        free = self._workshop.storage.free_bytes()
        has_room = free >= self._workshop.settings.min_free_bytes
        if has_room is not self._had_room:
            self._had_room = has_room
            log.warning("%d bytes free: jobs %s", free, "go on" if has_room else "wait for room")
        return has_room

    def _claim_anew(self, session: Session) -> Claim | None:
        """Look at what the waiting jobs need, in case it is something new that we have."""
        encoders = set(self._workshop.capabilities.working_encoders)
        waiting = queue.claimable_needs(session)
        known = self._can | {needs for needs in waiting if encoders.issuperset(needs.split())}
        if known == self._can:
            return None
        self._can = known
        return self._claim(session)

    def _claim(self, session: Session) -> Claim | None:
        return queue.claim_next(
            session, worker_id=self._worker_id, holder=self._holder, needs=self._can
        )


def work(context: WorkerContext, slot: Slot, wishes: StopRequest, *, once: bool) -> None:
    """Claim and run until asked to stop, or with `once` until nothing waits."""
    listener = wishes.listener
    while not wishes.drain:
        listener.drain()  # before looking: what rings from now on is news
        claim = _take(slot)
        if claim is not None:
            runner.run(context, claim, wake_fd=listener.fileno(), must_stop=wishes.stop)
        elif once:
            return
        else:
            _wait(listener)


def _take(slot: Slot) -> Claim | None:
    try:
        return slot.take()
    except OperationalError as exc:
        log.warning("cannot claim: %s", exc.orig)
        return None


def _wait(listener: Listener) -> None:
    waits = [listener] if listener.fileno() >= 0 else []
    select.select(waits, [], [], WAIT_SECONDS if waits else DEAF_SECONDS)


def _listen(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, handler)


@click.command()
@click.option("--worker", "worker_id", required=True)
@click.option("--holder", required=True)
@click.option("--parent", required=True, type=int)
@click.option("--sandbox", required=True)
@click.option("--once", is_flag=True)
def main(worker_id: str, holder: str, parent: int, sandbox: str, once: bool) -> None:
    """Work as one slot of the worker daemon that started this process."""
    die_with_parent(parent)
    settings = load_settings()
    logs.configure(settings)
    context = WorkerContext.open(settings, sandbox=sandbox)
    run_dir = context.storage.run
    with ProcessLock(context.storage.lock(holder)), Listener(run_dir, holder) as listener:
        wishes = StopRequest(parent, listener)
        _listen(wishes.heard)
        slot = Slot(context, worker_id=worker_id, holder=holder)
        work(context, slot, wishes, once=once)


if __name__ == "__main__":
    main()
