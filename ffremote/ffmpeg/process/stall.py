"""Detects a stalled FFmpeg from its progress and, through /proc, from its CPU time and files."""

import contextlib
import os
from pathlib import Path

from ffremote import clock
from ffremote.states import FailureReason

from ..model.failure import refuse
from ..model.limits import Limits
from .progress import ProgressBlock

BUSY_SHARE = 0.001  # of one processor; FFmpeg 7 and newer print their progress even while they hang
MIN_CHECK_SECONDS = 0.4  # between two checks; ticks may be more frequent
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class StallDetector:
    """Records when the process last progressed and last used processor time.

    Two limits: `stall_seconds` without progress and without processor time, and
    `progress_seconds` without progress alone. Progress is one more frame, more output time or
    bytes, or a file offset that was not reached before: filters that reverse, tile or measure
    report late, but read on. Time in which the process waits for the disk does not count.
    """

    def __init__(self) -> None:
        self._checked_at = self._progressed_at = self._worked_at = clock.monotonic()
        self._idle_seconds = 0.0
        self._ticks = 0
        self._progress: tuple[object, ...] = ()
        self._offsets: dict[str, int] = {}

    def rest(self) -> None:
        """Count anew: until now the process was waiting for its input."""
        self._checked_at = self._progressed_at = self._worked_at = clock.monotonic()
        self._idle_seconds = 0.0

    def check(self, pid: int, block: ProgressBlock, limits: Limits, *, fed: int = 0) -> None:
        """Check the process; raise TranscodeError if it has been stalled for too long.

        `fed` are the bytes that it was given through a pipe.
        """
        now = clock.monotonic()
        if now - self._checked_at < MIN_CHECK_SECONDS:
            return
        passed, self._checked_at = now - self._checked_at, now
        if self._has_progressed(pid, block, fed):
            self._progressed_at, self._idle_seconds = now, 0.0
        elif not waits_for_disk(pid):
            self._idle_seconds += passed
        if self._has_worked(pid, now):
            self._worked_at = now
        _check_limits(now - max(self._progressed_at, self._worked_at), self._idle_seconds, limits)

    def _has_progressed(self, pid: int, block: ProgressBlock, fed: int) -> bool:
        # without fps and speed: they fall while nothing happens
        progress = (block.frame, block.out_microseconds, block.output_bytes, block.is_last, fed)
        has_progressed, self._progress = progress != self._progress, progress
        for descriptor, offset in file_offsets(pid).items():
            if offset > self._offsets.get(descriptor, -1):
                self._offsets[descriptor] = offset
                has_progressed = True
        return has_progressed

    def _has_worked(self, pid: int, now: float) -> bool:
        ticks = cpu_ticks(pid)
        if ticks is None:
            return False
        used, since = (ticks - self._ticks) / _TICKS_A_SECOND, now - self._worked_at
        if used <= BUSY_SHARE * since:
            return False
        self._ticks = ticks
        return True


def _check_limits(stalled_seconds: float, idle_seconds: float, limits: Limits) -> None:
    if stalled_seconds > limits.stall_seconds:
        raise refuse(
            FailureReason.STALLED,
            f"FFmpeg made no progress for {limits.stall_seconds:.0f} seconds and used no processor"
            " time; it was stopped.",
            "The input may be damaged, or the server's disk may not respond; see the log.",
        )
    if limits.progress_seconds and idle_seconds > limits.progress_seconds:
        raise refuse(
            FailureReason.WORK_LIMIT,
            f"FFmpeg worked for {limits.progress_seconds:.0f} seconds without reading or writing"
            " anything more; it was stopped.",
            "A filter or an encoder setting may cost too much for pictures of this size: use"
            " smaller values or a smaller picture. The operator can raise"
            " FFREMOTE_PROGRESS_SECONDS.",
        )


def file_offsets(pid: int) -> dict[str, int]:
    """Return the offset of the process in each regular file that it has open, by descriptor."""
    offsets: dict[str, int] = {}
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208 - twice a second, for each job
            with contextlib.suppress(OSError, ValueError, IndexError):
                if Path(f"/proc/{pid}/fd/{name}").readlink().is_absolute():  # no pipe
                    text = Path(f"/proc/{pid}/fdinfo/{name}").read_text("ascii")
                    offsets[name] = int(text.split(maxsplit=2)[1])  # "pos:\t123\nflags: …"
    return offsets


def waits_for_disk(pid: int) -> bool:
    """Whether a thread of the process is in an uninterruptible wait."""
    with contextlib.suppress(OSError):
        return any(
            task.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "D"
            for task in Path(f"/proc/{pid}/task").iterdir()
        )
    return False


def cpu_ticks(pid: int) -> int | None:
    """Return the processor time that the process has used, in the kernel's ticks."""
    try:
        # the name in parentheses may hold anything; the fields follow the last parenthesis
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[11]) + int(fields[12])


def written_bytes(pid: int) -> int | None:
    """Return how many bytes the process has written in all, to files and pipes."""
    try:
        lines = Path(f"/proc/{pid}/io").read_text("ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("wchar:")), None)
