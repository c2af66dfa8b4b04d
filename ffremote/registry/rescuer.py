"""Finds jobs with a dead holder and returns them to the queue.

In the same place (boot and data directory) the holder's lock file proves it dead, without a clock.
For another place, or a holder that hangs, the proof is silence: a heartbeat counter that did not
change for a whole lease while this process watched, by a monotonic clock that does not advance
during suspend, and the registry answered. A holder that was only suspended finds its claim lost
when it resumes.
"""

import logging
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from ffremote import clock
from ffremote.depot.protocol import DepotAway
from ffremote.files.storage import Storage
from ffremote.host import locks, processes
from ffremote.host.place import is_still, place_of
from ffremote.jobs import rescues
from ffremote.jobs.rescues import Hold
from ffremote.states import JobState

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rescuer:
    """Watches all claims; `rescue_lost` is called about twice a second."""

    storage: Storage
    lease_seconds: float
    place: str = field(init=False)
    _first_seen: dict[tuple[str, str | None, int], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.place = place_of(self.storage.run)

    def forget(self) -> None:
        """Forget what was seen: the registry did not answer, so that no holder could be heard."""
        self._first_seen.clear()

    def rescue_lost(self, session: Session) -> list[str]:
        """Rescue the jobs of lost holders; return the ids of the jobs that are queued again."""
        started = clock.monotonic()
        holds = rescues.holds(session)
        silent = self._silent(holds, started)
        requeued = []
        for hold in holds:
            if self._is_dead(hold):
                # Kill FFmpeg first: a crash in between leaves a row that still names the process.
                self._end_process(session, hold)
                state = self._rescue(session, hold)
                if state is not None:
                    self._discard_files(hold, state)
            elif hold in silent:
                # Requeue first: if the holder sent a heartbeat meanwhile, the UPDATE matches no row
                # and its FFmpeg must not be killed.
                state = self._rescue(session, hold)
                if state is not None:
                    self._end_process(session, hold)
            else:
                continue
            requeued += [hold.job_id] if state is JobState.QUEUED else []
        return requeued

    def _silent(self, holds: list[Hold], started: float) -> list[Hold]:
        """Return the claims with a heartbeat counter that did not change for a lease while watched.

        This process may be stopped during the query, so a counter counts as seen from the end of
        the query in which it first appeared, and its age is taken at the start of the latest one.
        """
        ended = clock.monotonic()
        held = [hold for hold in holds if hold.token]
        self._first_seen = {beat: self._first_seen.get(beat, ended) for beat in map(_beat, held)}
        return [h for h in held if started - self._first_seen[_beat(h)] > self.lease_seconds]

    def _is_dead(self, hold: Hold) -> bool:
        """Return whether the lock of a holder here is free, and not only unmounted."""
        is_free = self._is_here(hold) and locks.is_dead(self.storage.lock(hold.holder or ""))
        return is_free and is_still(self.storage.run, self.place)

    def _is_here(self, hold: Hold) -> bool:
        """Return whether the holder's lock and PIDs mean anything to this process."""
        return hold.place == self.place

    def _end_process(self, session: Session, hold: Hold) -> None:
        """Kill the FFmpeg of a lost holder if it still runs on this host."""
        if hold.pid is None or hold.pid_started is None or not self._is_here(hold):
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

    def _discard_files(self, hold: Hold, state: JobState) -> None:
        """Remove what a dead holder left of its attempt; that of a silent one may still write."""
        try:
            self.storage.discard_attempt(hold.job_id, str(hold.token))
            if state.is_final:
                self.storage.discard_inputs(hold.job_id)
        except (OSError, DepotAway) as exc:
            log.warning("job %s: files are left for a sweep: %s", hold.job_id, exc)


def _beat(hold: Hold) -> tuple[str, str | None, int]:
    return hold.job_id, hold.token, hold.heartbeats
