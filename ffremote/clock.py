"""The only room that reads the clock."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment as an aware UTC datetime."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds that only ever grow; for waits within one process."""
    return time.monotonic()


def boot_seconds() -> float:
    """Return seconds since boot, suspend included where the system counts it.

    `CLOCK_BOOTTIME` on Linux, so that a laptop that slept knows that its leases aged.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def to_iso(moment: datetime, *, timespec: str = "milliseconds") -> str:
    """Write a moment as the API does: `2026-01-31T12:00:00.000Z`; naive values are refused."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no place on a line")
    text = moment.astimezone(UTC).isoformat(timespec=timespec)
    return text.removesuffix("+00:00") + "Z"


def from_iso(text: str) -> datetime:
    """Read what `to_iso` writes; raise ValueError for a time without a zone or out of range."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as exc:  # the first or the last day of the calendar, in another zone
        raise ValueError(f"{text!r} is outside the calendar") from exc
