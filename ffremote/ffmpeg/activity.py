"""Whether a running FFmpeg does anything, seen from outside; through /proc where there is one."""

from pathlib import Path

from ffremote import clock

from .progress import Block


class Activity:
    """Remembers when something last moved."""

    def __init__(self) -> None:
        self._moved_at = clock.monotonic()
        self._seen: tuple[object, ...] = ()

    def idle_seconds(self, pid: int, block: Block) -> float:
        """Return for how long neither progress nor processor time moved."""
        now = clock.monotonic()
        seen = (block, cpu_ticks(pid))
        if seen != self._seen:
            self._seen, self._moved_at = seen, now
        return now - self._moved_at


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
