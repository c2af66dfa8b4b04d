"""How fast an input arrives, and whether its conversion waits for it."""

from collections import deque
from dataclasses import dataclass

from ffremote import clock
from ffremote.ffmpeg import Arriving, Feeder

WINDOW_SECONDS = 5.0
STARVED_SHARE = 0.5  # of the window, in which there was nothing to read


@dataclass(frozen=True, slots=True)
class _Moment:
    at: float
    received: int
    waited: float


class Pace:
    """The arrival of `file`, as seen at each `note`."""

    def __init__(self, file: Arriving) -> None:
        self._file = file
        self._moments: deque[_Moment] = deque()
        self._waited = 0.0

    def note(self, feeder: Feeder | None) -> None:
        """Record how much is there now, and how long the program has waited; call it often."""
        now, received = clock.monotonic(), self._file.ready()
        last = self._moments[-1] if self._moments else _Moment(now, received, 0.0)
        if feeder is not None:
            self._waited = feeder.waited_seconds
        elif received == last.received:  # a probe, which needs little
            self._waited += now - last.at
        self._moments.append(_Moment(now, received, self._waited))
        while len(self._moments) > 2 and self._moments[1].at <= now - WINDOW_SECONDS:
            self._moments.popleft()

    @property
    def is_complete(self) -> bool:
        """Whether all bytes were there at the last look."""
        return bool(self._moments) and self._moments[-1].received >= self._file.size

    @property
    def is_starving(self) -> bool:
        """Whether the program waited for bytes most of the time of a whole window."""
        if len(self._moments) < 2 or self.is_complete:
            return False
        first, last = self._moments[0], self._moments[-1]
        passed = last.at - first.at
        return passed >= WINDOW_SECONDS and last.waited - first.waited > STARVED_SHARE * passed

    @property
    def seconds_left(self) -> float | None:
        """The seconds until all bytes are there, at the present rate; None if it is not known."""
        if self.is_complete:
            return 0.0
        if len(self._moments) < 2:
            return None
        first, last = self._moments[0], self._moments[-1]
        rate = (last.received - first.received) / max(last.at - first.at, 1e-3)
        return (self._file.size - last.received) / rate if rate > 0 else None
