"""The heartbeat of a claim: tells progress and learns whether the job is still ours."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from ffremote import clock
from ffremote.db import database
from ffremote.jobs import claims
from ffremote.jobs.claims import Claim, ProgressUpdate

log = logging.getLogger(__name__)

T = TypeVar("T")


class ClaimLost(Exception):
    """The job was canceled, rescued or is out of reach: stop, write nothing, leave no file."""


class StopNow(Exception):
    """The worker is to stop at once and give the job back."""


class Heartbeat:
    """Beats for one claim. `beat` raises ClaimLost or StopNow when the work has to end.

    While the database cannot be written (locked, disk full) the beats go on; a claim that could
    not be renewed for two thirds of the lease is given up, before anybody else can take it.
    `make_room` gives up disk space that was kept for the last word on a job, if any is left.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        claim: Claim,
        *,
        lease_seconds: float,
        tick_seconds: float,
        must_stop: Callable[[], bool],
        make_room: Callable[[], bool],
    ) -> None:
        self.claim = claim
        self._sessions = sessions
        self._trust_seconds = lease_seconds * 2 / 3
        self._tick_seconds = tick_seconds
        self._must_stop = must_stop
        self._make_room = make_room
        self._heard = clock.monotonic()
        self._pause = threading.Event()  # never set: a wait that nothing ends early

    def beat(self, tick: ProgressUpdate) -> None:
        """Write one tick, or raise."""
        if self._must_stop():
            raise StopNow
        started = clock.monotonic()
        try:
            with self._sessions() as session:
                ours = claims.report(session, self.claim, tick)
        except OperationalError as exc:
            self._outage(exc)
            return
        if not ours:
            raise ClaimLost
        self._heard = started

    def insist(self, change: Callable[[Session], bool]) -> bool:
        """Make a change to the row, again and again while the database cannot be written.

        Returns what it returns; raises ClaimLost when the claim has aged too much meanwhile.
        """
        while True:
            try:
                with self._sessions() as session:
                    return change(session)
            except OperationalError as exc:
                if database.is_full(exc) and self._make_room():
                    continue
                self._outage(exc)
                self._pause.wait(self._tick_seconds)

    def during(self, work: Callable[[], T], tick: ProgressUpdate) -> T:
        """Do blocking work of ours in a thread and go on beating; return what it returns."""
        outcome: list[T] = []
        errors: list[BaseException] = []

        def do() -> None:
            try:
                outcome.append(work())
            except BaseException as exc:
                errors.append(exc)

        thread = threading.Thread(target=do, name="work", daemon=True)
        thread.start()
        thread.join(self._tick_seconds)
        while thread.is_alive():
            self.beat(tick)
            thread.join(self._tick_seconds)
        if errors:
            raise errors[0]
        return outcome[0]

    def _outage(self, exc: OperationalError) -> None:
        silent = clock.monotonic() - self._heard
        log.warning("job %s: no heartbeat for %.0f s: %s", self.claim.job_id, silent, exc.orig)
        if silent > self._trust_seconds:
            raise ClaimLost from exc
