"""The limit of the bytes of all uploads and results together, `FFREMOTE_MAX_STORED_BYTES`."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.errors import InsufficientStorage

from .usage import Promised, stored_bytes


@dataclass(frozen=True, slots=True)
class Quota:
    """How many bytes are stored, and how many may be."""

    stored_bytes: int
    max_stored_bytes: int

    @property
    def free_bytes(self) -> int:
        """The bytes that are left."""
        return max(0, self.max_stored_bytes - self.stored_bytes)

    @property
    def used_percent(self) -> float:
        """How much of it is used; results that are larger than expected may exceed it."""
        return round(100 * self.stored_bytes / max(1, self.max_stored_bytes), 1)


def current(session: Session, settings: Settings) -> Quota | None:
    """Return the quota as it is used now; None: there is none."""
    if settings.max_stored_bytes is None:
        return None
    return Quota(stored_bytes(session), settings.max_stored_bytes)


def require(session: Session, settings: Settings, wanted: int, *, promised: Promised) -> None:
    """Raise InsufficientStorage if `wanted` more bytes exceed the quota, if there is one.

    The promised bytes will be stored, too.
    """
    quota = current(session, settings)
    if quota is None or wanted + promised.total <= quota.free_bytes:
        return
    raise InsufficientStorage(
        f"This server keeps at most {quota.max_stored_bytes} bytes of uploads and results; "
        f"{quota.stored_bytes} are stored, {promised.total} are reserved for other uploads and "
        f"jobs, and {wanted} more are needed. Remove results that nobody needs any more, or wait "
        "until they expire.",
        max_stored_bytes=quota.max_stored_bytes,
        stored_bytes=quota.stored_bytes,
        promised_bytes=promised.total,
        wanted_bytes=wanted,
    )
