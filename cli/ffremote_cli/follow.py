"""A job's statuses, one after the other, until it is final."""

from collections.abc import Callable, Iterator

from .errors import Refused, Unreachable
from .patience import Patience
from .results import Status

FIRST_PAUSE = 0.1
"""Seconds; the pauses grow to the poll interval, so that a short job is not waited for."""


def follow(ask: Callable[[], Status], *, interval: float, patience: Patience) -> Iterator[Status]:
    """Yield what `ask` says until the job is final; a server that restarts is waited for."""
    pause = min(FIRST_PAUSE, interval)
    while True:
        try:
            status = ask()
        except (Unreachable, Refused) as exc:
            patience.wait(exc)
            continue
        patience.renew()
        yield status
        if status.is_final:
            return
        patience.sleep(_until_next(status, pause))
        pause = min(pause * 2, interval)


def _until_next(status: Status, pause: float) -> float:
    if status.eta_seconds is None or status.state != "running":
        return pause
    return min(pause, max(FIRST_PAUSE, status.eta_seconds))
