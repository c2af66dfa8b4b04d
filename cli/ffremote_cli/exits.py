"""Which error ends the program with which status: section 4 of the contract."""

from enum import IntEnum

from . import formatting
from .errors import (
    BatchFailed,
    ClientError,
    JobCanceled,
    JobFailed,
    LocalFileProblem,
    Misused,
    Refused,
    Stopped,
    Unreachable,
)


class Exit(IntEnum):
    """The exit statuses."""

    DONE = 0
    USAGE = 2
    UNREACHABLE = 3
    REFUSED = 4
    JOB_FAILED = 5
    LOCAL_FILE = 6
    CANCELED = 7
    INTERRUPTED = 130


_STATUS: dict[type, Exit] = {
    Unreachable: Exit.UNREACHABLE,
    Refused: Exit.REFUSED,
    JobFailed: Exit.JOB_FAILED,
    JobCanceled: Exit.CANCELED,
    Stopped: Exit.INTERRUPTED,
    LocalFileProblem: Exit.LOCAL_FILE,
    Misused: Exit.USAGE,
}


def status_of(error: ClientError) -> Exit:
    """The exit status that tells a script what `error` was."""
    if isinstance(error, BatchFailed):
        return status_of(error.first)
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def one_line(error: ClientError) -> str:
    """The error as the person sees it: what happened, then what to do next."""
    message = error.in_options or error.message
    said = message if error.hint is None else f"{message} ({error.hint})"
    return f"ffremote: {formatting.one_line(said)}"
