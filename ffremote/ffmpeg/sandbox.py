"""The confinement of every FFmpeg that touches a stranger's bytes."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ffremote.config import Settings

from .binaries import Binaries
from .limits import Limits

LAUNCHER = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How FFmpeg is started; `name` is what people see."""

    name: str
    limits: Limits

    def command(
        self, program: Path, argv: Sequence[str], *, cwd: Path, writable: str | None
    ) -> list[str]:
        """Return the argument list that starts `program` confined to `cwd`.

        Of it, only the directory `writable` may be written, and nothing when that is None. Call it
        in the process that will start the program: its death will be the program's.
        """
        return [
            *(sys.executable, "-I", "-S", str(LAUNCHER), "--parent", str(os.getpid())),
            *("--memory", str(self.limits.max_memory_bytes)),
            *("--file-size", str(self.limits.max_output_bytes)),
            *("--", str(program), *argv),
        ]

    def environ(self, writable: str) -> dict[str, str]:
        """Return the whole environment of FFmpeg: nothing of ours."""
        return {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "HOME": writable,
            "TMPDIR": writable,
            "AV_LOG_FORCE_NOCOLOR": "1",
            "MALLOC_ARENA_MAX": "2",
        }


def choose_sandbox(settings: Settings, binaries: Binaries) -> Sandbox:
    """Return the strongest confinement that works here."""
    return Sandbox("limits", Limits.from_settings(settings))
