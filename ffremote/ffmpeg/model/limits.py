"""What one job may use."""

import os
from dataclasses import dataclass

from ffremote.config import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """The operator's bounds on a job; enforced by our checks, by FFmpeg and by the kernel."""

    threads: int = 2
    max_memory_bytes: int = 4 << 30
    max_output_bytes: int = 100 << 30
    min_free_bytes: int = 0
    """What a result must leave free on its disk."""
    devices: tuple[str, ...] = ()
    """Patterns of the device nodes that a job with hardware may use."""
    max_pixels: int = 8192 * 8192 // 2
    max_streams: int = 100
    max_seconds: float = 24 * 3600
    stall_seconds: float = 600
    progress_seconds: float = 1800
    """Work without progress, processor time used or not; 0 sets no limit."""

    @classmethod
    def from_settings(cls, settings: Settings) -> "Limits":
        """Take the limits from the settings; threads are the cores shared among the slots."""
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
    """Two at least, so that one job alone on a small machine is not slow; eight at most.

    More threads cost address space (x264 at 2048 x 2048: 1.1 GB with 1, 3.4 GB with 16), which is
    limited, and hardly speed up one encode.
    """
    return max(2, min(8, (os.cpu_count() or 2) // slots))
