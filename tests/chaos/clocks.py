"""Wall clocks that can be stepped while their program runs, by Debian's libfaketime.

Only the wall clock is stepped, as by an administrator: waits and leases use other clocks. FFmpeg is
started with its own environment, so it keeps the true time.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
FAKED = Path(__file__).with_name("faked")
MISSING = "libfaketime (Debian: apt install faketime) is not here"


@dataclass(frozen=True, slots=True)
class WallClock:
    """The wall clock of the programs started with `environ`; the file `path` has its offset."""

    path: Path

    @property
    def environ(self) -> dict[str, str]:
        """Variables that make a program use this clock; empty without libfaketime."""
        if not LIBRARIES:
            return {}
        return {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "PYTHONPATH": str(FAKED),
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def step(self, ahead: timedelta) -> None:
        """Set the clock `ahead` of the true time."""
        new = self.path.with_suffix(".new")
        new.write_text(f"{ahead.total_seconds():+.0f}")
        new.replace(self.path)  # atomic: a reader sees the old or the new offset
