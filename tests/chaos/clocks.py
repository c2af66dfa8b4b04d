"""Wall clocks that can be stepped while their program runs, by Debian's libfaketime.

Only the wall clock moves, as when somebody sets it: waits and leases go by other clocks. FFmpeg is
started with an environment of its own, so it keeps the true time.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
FAKED = Path(__file__).with_name("faked")
MISSING = "libfaketime (Debian: apt install faketime) is not here"


@dataclass(frozen=True, slots=True)
class WallClock:
    """The wall clock of the programs that are started with `environ`; `path` says how far off."""

    path: Path

    @property
    def environ(self) -> dict[str, str]:
        """What a program needs in its environment to go by this clock; nothing if none can be."""
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
        """Let the clock be `ahead` of the true time from now on."""
        new = self.path.with_suffix(".new")
        new.write_text(f"{ahead.total_seconds():+.0f}")
        new.replace(self.path)  # whoever reads sees the old or the new, never half
