"""Finds jobs whose holder is dead and gives them to the living.

On one host the proof is the holder's lock, which needs no clock. Across hosts, and for a holder
that hangs, it is silence: a heartbeat counter that did not move for a whole lease while *we*
watched, by our own clock that stands still while we sleep. Whoever was only suspended finds its
token gone when it wakes.
"""

import logging
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from ffremote import clock
from ffremote.files.storage import Storage
from ffremote.host import locks, processes
from ffremote.jobs import rescues
from ffremote.jobs.rescues import Hold
from ffremote.states import JobState

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rescuer:
    """Watches all claims; `look` is called about twice a second."""

    storage: Storage
    lease_seconds: float
    _seen: dict[tuple[str | None, int], float] = field(default_factory=dict)

    def look(self, session: Session) -> list[str]:
        """Rescue what is lost; return the ids of the jobs that wait again."""
        asked = clock.monotonic()
        holds = rescues.holds(session)
        silent = self._silent(holds, asked)
        waiting = []
        for hold in holds:
            if self._is_dead(hold):
                # FFmpeg first: who dies between the two leaves a row that says what to kill.
                self._end_process(session, hold)
                state = self._rescue(session, hold)
            elif hold in silent:
                # The row first: it may have spoken since, and then its FFmpeg is none of ours.
                state = self._rescue(session, hold)
                if state is not None:
                    self._end_process(session, hold)
            else:
                continue
            waiting += [hold.job_id] if state is JobState.QUEUED else []
        return waiting

    def _silent(self, holds: list[Hold], asked: float) -> list[Hold]:
        """Return the claims whose heartbeat counter stood still for a lease while we watched.

        We may have been stopped ourselves between the asking and the answer, so the watch begins
        after an answer and is judged by the time before one.
        """
        answered = clock.monotonic()
        held = [hold for hold in holds if hold.token]
        self._seen = {beat: self._seen.get(beat, answered) for beat in map(_beat, held)}
        return [hold for hold in held if asked - self._seen[_beat(hold)] > self.lease_seconds]

    def _is_dead(self, hold: Hold) -> bool:
        return _is_here(hold) and locks.is_dead(self.storage.lock(hold.holder or ""))

    def _end_process(self, session: Session, hold: Hold) -> None:
        """Make sure that no FFmpeg of the lost holder lives on."""
        if hold.pid is None or hold.pid_started is None or not _is_here(hold):
            return
        if processes.kill_process(hold.pid, hold.pid_started):
            log.warning("job %s: stray FFmpeg %d killed", hold.job_id, hold.pid)
        if hold.token is None:
            rescues.forget_process(session, hold.job_id, hold.pid)

    def _rescue(self, session: Session, hold: Hold) -> JobState | None:
        if hold.token is None:
            return None
        state = rescues.rescue(session, hold)
        if state is not None:
            log.warning("job %s: its worker was lost; now %s", hold.job_id, state)
        return state


def _beat(hold: Hold) -> tuple[str | None, int]:
    return hold.token, hold.heartbeats


def _is_here(hold: Hold) -> bool:
    return hold.boot_id == processes.boot_id()
