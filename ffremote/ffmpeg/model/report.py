"""The progress of a job while FFmpeg runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ffremote.states import Phase


@dataclass(frozen=True, slots=True)
class Report:
    """Progress at one moment: percent 0–99, times in seconds, sizes in bytes; None is unknown."""

    phase: Phase
    percent: int = 0
    frame: int | None = None
    fps: float | None = None
    speed: float | None = None
    out_seconds: float | None = None
    output_bytes: int | None = None
    dup_frames: int | None = None
    drop_frames: int | None = None
    eta_seconds: float | None = None
    pass_number: int = 1
    passes: int = 1
    pid: int | None = None
    pid_started: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that clients see."""
        return {
            "frame": self.frame,
            "fps": self.fps,
            "speed": self.speed,
            "out_seconds": self.out_seconds,
            "output_bytes": self.output_bytes,
            "dup_frames": self.dup_frames,
            "drop_frames": self.drop_frames,
            "eta_seconds": self.eta_seconds,
            "pass": self.pass_number,
            "passes": self.passes,
        }


OnProgress = Callable[[Report], None]
"""Called at each tick. An exception in it stops the run: FFmpeg is killed and reaped first."""
