"""Those who watch: an open response each, and what it is told."""

from dataclasses import dataclass, field
from typing import Protocol

from ffremote.clock import monotonic

from . import messages


class Outlet(Protocol):
    """The open end of a response, which a server keeps without a thread."""

    @property
    def is_open(self) -> bool:
        """Whether neither side has closed the connection."""

    def send(self, data: bytes) -> bool:
        """Add to the response; return False if it was closed, or its client reads too slowly."""

    def close(self) -> None:
        """End the response when all of it was sent; the end of one that was closed is harmless."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request asks for: one job's events, or those of all jobs.

    `shown` are jobs whose progress is wanted besides that of the newest; `position` is the last
    change that the client knows, None: it begins now. `token_hash` is whose token it has.
    """

    job_id: str | None = None
    shown: frozenset[str] = frozenset()
    position: int | None = None
    token_hash: str | None = None


@dataclass(slots=True, eq=False)
class Subscriber:
    """One open response."""

    wish: Wish
    outlet: Outlet
    told_at: float = field(default_factory=monotonic)

    def tell(self, data: bytes, *, now: float) -> bool:
        """Send `data`, if it is not empty; return whether the response is still open."""
        if not data:
            return True
        self.told_at = now
        return self.outlet.send(data)

    def beat(self, *, now: float, after: float) -> bool:
        """Send a sign of life to one who was told nothing for long, so that no proxy hangs up."""
        return self.tell(messages.BEAT if now - self.told_at > after else b"", now=now)
