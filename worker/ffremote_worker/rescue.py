"""Finds jobs whose holder is dead and gives them to the living.

On one host the proof is the holder's lock, which needs no clock. Across hosts, and for a holder
that hangs, it is silence: a heartbeat counter that did not move for a whole lease while *we*
watched, by our own clock that stands still while we sleep. Whoever was only suspended finds its
token gone when it wakes.
"""

import logging
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from ffremote import clock, liveness, rescues
from ffremote.rescues import Hold
from ffremote.states import JobState
from ffremote.storage import Storage

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rescuer:
    """Watches all claims; `look` is called about twice a second."""

    storage: Storage
    lease_seconds: float
    _seen: dict[tuple[str, int], float] = field(default_factory=dict)

    def look(self, session: Session) -> list[str]:
        """Rescue what is lost; return the ids of the jobs that wait again."""
        holds = rescues.holds(session)
        self._watch(holds)
        return [
            hold.job_id for hold in holds if self._is_lost(hold) and self._rescue(session, hold)
        ]

    def _watch(self, holds: list[Hold]) -> None:
        """Remember since when each heartbeat counter stands as it does."""
        now = clock.monotonic()
        beats = {(hold.token, hold.heartbeats) for hold in holds if hold.token}
        self._seen = {beat: self._seen.get(beat, now) for beat in beats}

    def _is_lost(self, hold: Hold) -> bool:
        if _is_here(hold) and liveness.is_dead(self.storage.lock(hold.holder or "")):
            return True
        if hold.token is None:
            return False
        since = self._seen[hold.token, hold.heartbeats]
        return clock.monotonic() - since > self.lease_seconds

    def _rescue(self, session: Session, hold: Hold) -> bool:
        """Make sure that no FFmpeg of the lost holder lives on, then move the row."""
        if hold.pid is not None and hold.pid_started is not None and _is_here(hold):
            if liveness.kill_process(hold.pid, hold.pid_started):
                log.warning("job %s: stray FFmpeg %d killed", hold.job_id, hold.pid)
            if hold.token is None:
                rescues.forget_process(session, hold.job_id, hold.pid)
        if hold.token is None:
            return False
        state = rescues.rescue(session, hold)
        if state is not None:
            log.warning("job %s: its worker was lost; now %s", hold.job_id, state)
        return state is JobState.QUEUED


def _is_here(hold: Hold) -> bool:
    return hold.boot_id == liveness.boot_id()
