"""How long a claim waits for a job: as long as what is between worker and server lets it."""

import threading

from ffremote import clock
from ffremote.ledger.protocol import LedgerAway

LONGEST_SECONDS = 20.0  # proxies cut what is silent for 60 s, some for 30
SHORTEST_SECONDS = 1.0
PAUSE_SECONDS = (0.5, 5.0)  # after calls that failed: the first and the longest


class ClaimWait:
    """The wait of the next claim; `end` ends pauses, and there are no further claims."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._seconds = LONGEST_SECONDS
        self._pause = PAUSE_SECONDS[0]
        self._began = 0.0

    def begin(self, *, may_wait: bool) -> float:
        """Return the seconds that a claim may wait; raise LedgerAway after the end."""
        if self._ended.is_set():
            raise LedgerAway("the worker claims no more jobs")
        self._began = clock.monotonic()
        return self._seconds if may_wait else 0.0

    def answered(self) -> None:
        """Forget earlier failures."""
        self._pause = PAUSE_SECONDS[0]

    def broke(self) -> None:
        """Pause after a call that failed; one that was cut while it waited is to wait less."""
        lasted = clock.monotonic() - self._began
        if SHORTEST_SECONDS < lasted < self._seconds:
            self._seconds = max(SHORTEST_SECONDS, lasted / 2)
        self.pause()

    def pause(self) -> None:
        """Pause after a call that failed, each time longer."""
        self._ended.wait(self._pause)
        self._pause = min(2 * self._pause, PAUSE_SECONDS[1])

    def end(self) -> None:
        """End a pause; let no further claim wait."""
        self._ended.set()
