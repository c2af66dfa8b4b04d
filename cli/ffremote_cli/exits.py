"""Maps errors to exit statuses, and formats an error for the terminal."""

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
    """The exit statuses, as documented in docs/cli.md."""

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
    """Return the exit status for `error`; for a batch, that of its first error."""
    if isinstance(error, BatchFailed):
        return status_of(error.first)
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def error_line(error: ClientError) -> str:
    """Return the error in one line: the problem, then what to do next in parentheses."""
    message = error.in_options or error.message
    text = message if error.hint is None else f"{message} ({error.hint})"
    return f"ffremote: {formatting.one_line(text)}"
