"""Whether a running FFmpeg does anything, seen from outside; through /proc where there is one."""

import contextlib
import os
from pathlib import Path

from ffremote import clock
from ffremote.states import FailureReason

from ..model.failure import refuse
from ..model.limits import Limits
from .progress import Block

BUSY_SHARE = 0.001  # of one processor; FFmpeg 7 and newer print their progress even while they hang
LOOK_SECONDS = 0.4  # ticks may come faster than there is anything new to see
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Activity:
    """Remembers when something last moved.

    Two limits: `stall_seconds` without progress and without processor time, and
    `progress_seconds` without progress alone. Progress is a frame, output time or byte more, or a
    place in a file that was not reached before: filters that reverse, tile or measure print late,
    but read on. Time in which the process waits for the disk is not counted as work.
    """

    def __init__(self) -> None:
        self._looked_at = self._moved_at = self._worked_at = clock.monotonic()
        self._unmoved_seconds = 0.0
        self._ticks = 0
        self._told: tuple[object, ...] = ()
        self._places: dict[str, int] = {}

    def check(self, pid: int, block: Block, limits: Limits) -> None:
        """Look at the process; raise TranscodeError when it has stood still for too long."""
        now = clock.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        passed, self._looked_at = now - self._looked_at, now
        if self._has_moved(pid, block):
            self._moved_at, self._unmoved_seconds = now, 0.0
        elif not waits_for_disk(pid):
            self._unmoved_seconds += passed
        if self._has_worked(pid, now):
            self._worked_at = now
        _judge(now - max(self._moved_at, self._worked_at), self._unmoved_seconds, limits)

    def _has_moved(self, pid: int, block: Block) -> bool:
        # not fps and speed: they fall while nothing happens
        told = (block.frame, block.out_microseconds, block.output_bytes, block.is_last)
        moved, self._told = told != self._told, told
        for name, place in file_places(pid).items():
            if place > self._places.get(name, -1):
                self._places[name] = place
                moved = True
        return moved

    def _has_worked(self, pid: int, now: float) -> bool:
        ticks = cpu_ticks(pid)
        if ticks is None:
            return False
        used, since = (ticks - self._ticks) / _TICKS_A_SECOND, now - self._worked_at
        if used <= BUSY_SHARE * since:
            return False
        self._ticks = ticks
        return True


def _judge(idle_seconds: float, unmoved_seconds: float, limits: Limits) -> None:
    if idle_seconds > limits.stall_seconds:
        raise refuse(
            FailureReason.STALLED,
            f"FFmpeg made no progress for {limits.stall_seconds:.0f} seconds and used no processor"
            " time; it was stopped.",
            "The input may be damaged, or the server's disk may hang; see the log.",
        )
    if limits.progress_seconds and unmoved_seconds > limits.progress_seconds:
        raise refuse(
            FailureReason.WORK_LIMIT,
            f"FFmpeg worked for {limits.progress_seconds:.0f} seconds without reading or writing"
            " anything more; it was stopped.",
            "A filter or an encoder setting may cost too much for pictures of this size: use"
            " smaller values or a smaller picture. The operator can raise"
            " FFREMOTE_PROGRESS_SECONDS.",
        )


def file_places(pid: int) -> dict[str, int]:
    """Return how far the process is in each regular file that it holds open, by descriptor."""
    places: dict[str, int] = {}
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208 - twice a second, for each job
            with contextlib.suppress(OSError, ValueError, IndexError):
                if Path(f"/proc/{pid}/fd/{name}").readlink().is_absolute():  # no pipe
                    text = Path(f"/proc/{pid}/fdinfo/{name}").read_text("ascii")
                    places[name] = int(text.split(maxsplit=2)[1])  # "pos:\t123\nflags: …"
    return places


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
        # the name in parentheses may hold anything; fields count after the last one
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[11]) + int(fields[12])


def written_bytes(pid: int) -> int | None:
    """Return how many bytes the process has written, to whatever."""
    try:
        lines = Path(f"/proc/{pid}/io").read_text("ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("wchar:")), None)
