"""The resources that one job may use."""

import os
from dataclasses import dataclass

from ffremote.config import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """The operator's limits on a job, enforced by the plan, by FFmpeg and by the kernel."""

    threads: int = 2
    max_memory_bytes: int = 4 << 30
    max_output_bytes: int = 100 << 30
    """The size of a result; of all its files together, if there are several."""
    max_files: int = 20_000
    """The files of one result, which `ffremote.db.job_file` also bounds."""
    min_free_bytes: int = 0
    """Free space that a result must leave on its disk."""
    devices: tuple[str, ...] = ()
    """Glob patterns of the device nodes for jobs that use hardware."""
    max_pixels: int = 8192 * 8192 // 2
    max_streams: int = 100
    max_seconds: float = 24 * 3600
    stall_seconds: float = 600
    progress_seconds: float = 1800
    """Time without progress, whether CPU time is used or not; 0 disables the limit."""

    @classmethod
    def from_settings(cls, settings: Settings) -> "Limits":
        """Return the limits of the settings; default threads are the cores divided by the slots."""
        return cls(
            threads=settings.ffmpeg_threads or _share_of_cores(settings.concurrency),
            max_memory_bytes=settings.max_memory_bytes,
            max_output_bytes=settings.max_output_bytes,
            min_free_bytes=settings.min_free_bytes,
            devices=settings.device_patterns,
            max_pixels=settings.max_pixels,
            max_streams=settings.max_streams,
            max_seconds=settings.max_duration_hours * 3600,
            stall_seconds=settings.stall_seconds,
            progress_seconds=settings.progress_seconds,
        )


def _share_of_cores(slots: int) -> int:
    """Return the cores per slot, at least 3 and at most 8.

    3 is what x264 itself starts on two cores, and its frames depend on the number; a single job on
    a small machine is not slow with it. More than 8 cost address space, which is limited (x264 at
    2048 x 2048: 1.1 GB with 1, 3.4 GB with 16), and hardly speed up one encode.
    """
    return max(3, min(8, (os.cpu_count() or 2) // slots))
