"""The only module that reads the clock.

Programs on several hosts share a database, and have its time: clocks of hosts differ, and may be
set while a program runs.
"""

import time
from datetime import UTC, datetime, timedelta

NEGLIGIBLE = timedelta(milliseconds=100)

_followed: tuple[datetime, float] | None = None
"""The time of the shared database, and the seconds since boot when it was that."""


def utc_now() -> datetime:
    """Return the current time as an aware UTC datetime, by the clock that is followed."""
    if _followed is None:
        return host_now()
    moment, seconds = _followed
    return moment + timedelta(seconds=boot_seconds() - seconds)


def host_now() -> datetime:
    """Return the time of this host's clock."""
    return datetime.now(UTC)


def follow(moment: datetime, seconds: float) -> None:
    """Take the time of the shared database from now on: it was `moment` at `boot_seconds()`.

    A difference that the way there and back explains changes nothing, so that time goes on.
    """
    global _followed
    now, now_seconds = utc_now(), boot_seconds()
    told = moment.astimezone(UTC) + timedelta(seconds=now_seconds - seconds)
    _followed = now if abs(told - now) < NEGLIGIBLE else told, now_seconds


def seconds_followed() -> float | None:
    """Return how long ago `follow` was called last; None if it never was."""
    return None if _followed is None else boot_seconds() - _followed[1]


def monotonic() -> float:
    """Return seconds of a monotonic clock; for durations within one process."""
    return time.monotonic()


def boot_seconds() -> float:
    """Return seconds since boot, time in suspend included where the system counts it.

    `CLOCK_BOOTTIME` on Linux, so that leases age while a laptop is suspended.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def to_iso(moment: datetime, *, timespec: str = "milliseconds") -> str:
    """Format a time as the API does, `2026-01-31T12:00:00.000Z`; raise ValueError if naive."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime cannot be formatted")
    text = moment.astimezone(UTC).isoformat(timespec=timespec)
    return text.removesuffix("+00:00") + "Z"


def from_iso(text: str) -> datetime:
    """Parse the format of `to_iso`; raise ValueError without a zone or out of range."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as exc:  # the first or last day of the calendar in another time zone
        raise ValueError(f"{text!r} is out of range") from exc
