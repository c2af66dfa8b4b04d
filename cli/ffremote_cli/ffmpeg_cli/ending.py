"""How `ffremote ffmpeg` ends after an error: what it prints, and ffmpeg's exit status."""

from ..errors import ClientError, JobFailed, Stopped
from ..exits import error_line
from ..formatting import plain
from ..translate import Translation

NO_PICTURE = (
    "ffremote: Output file is empty, nothing was encoded (check -ss / -t / -frames parameters if"
    " used)"
)

INTERRUPTED = 255
"""ffmpeg's exit status after Ctrl-C."""


def error_text(error: ClientError, *, shows_log: bool) -> str:
    """Return the error, after the last messages of FFmpeg if these are wanted."""
    if not isinstance(error, JobFailed) or not shows_log:
        return error_line(error)
    tail = error.details.get("stderr_tail") or ()
    lines = tail.splitlines() if isinstance(tail, str) else tail
    return "\n".join([*map(plain, lines), error_line(error)])


def exit_status(error: ClientError) -> int:
    """Return FFmpeg's status; where it ended with 0 and without any data, 1."""
    if isinstance(error, Stopped):
        return INTERRUPTED
    if isinstance(error, JobFailed):
        return int(error.details.get("exit_code") or 1)
    return 1


def is_no_picture(error: JobFailed, translation: Translation) -> bool:
    """Return whether FFmpeg succeeded without a frame: it then writes no file and ends with 0."""
    return translation.is_picture and error.details.get("exit_code") == 0
