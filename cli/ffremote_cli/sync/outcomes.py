"""What an error means for a file: to try again later, a failure, or the end of the sync."""

import errno

from ..errors import (
    ClientError,
    JobFailed,
    LocalFileProblem,
    Misdirected,
    Refused,
    Stopped,
    Unreachable,
)
from .journal import JournalProblem

_FULL = (errno.ENOSPC, errno.EDQUOT)
_INSUFFICIENT_STORAGE = 507
_PASSING_REASONS = frozenset({"disk_full", "input_lost", "upload_abandoned"})
_FOREIGN = frozenset({"UNAUTHORIZED", "FORBIDDEN"})


class Unsettled(LocalFileProblem):
    """The source changed or vanished while it was sent."""


def ends_sync(error: ClientError) -> bool:
    """Whether no other file could fare better, and waiting does not help."""
    if isinstance(error, JournalProblem):
        return not is_full(error)
    if isinstance(error, Refused):
        return error.code in _FOREIGN
    return isinstance(error, Misdirected | Stopped)


def is_passing(error: ClientError) -> bool:
    """Whether the same file may succeed later without anything being changed."""
    if isinstance(error, Refused):
        return error.is_passing or error.status == _INSUFFICIENT_STORAGE
    if isinstance(error, JobFailed):
        return error.details.get("reason") in _PASSING_REASONS
    return isinstance(error, Unreachable | Unsettled) or is_full(error)


def is_full(error: ClientError) -> bool:
    """Whether a disk of this machine is full."""
    cause = error.__cause__
    return (
        isinstance(error, LocalFileProblem) and isinstance(cause, OSError) and cause.errno in _FULL
    )
