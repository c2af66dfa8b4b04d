"""The only module that reads the clock."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the current time as an aware UTC datetime."""
    return datetime.now(UTC)


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
