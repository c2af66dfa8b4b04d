"""The confinement of every FFmpeg that touches a stranger's bytes."""

import logging
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ffremote.config import Settings

from .binaries import Binaries
from .limits import Limits
from .seccomp import program as seccomp_program
from .selftest import Breach, libraries_of, try_confinement

log = logging.getLogger(__name__)

LAUNCHER = Path(__file__).with_name("launcher.py")
FONTS = Path(__file__).with_name("fonts")
FULL = "landlock+seccomp"
LIMITS_ONLY = "limits"
_MODES = (FULL, "landlock", "seccomp")
_LOADERS = ("lib64/ld-linux*", "lib/ld-linux*", "lib/ld-musl*", "lib/*/ld-linux*")
# the loader's cache of library places, fonts for burned-in subtitles, and what x265 must know of
# the processors: without it, its threads were seen to wait for each other for ever
_READABLE = (
    *("/proc/self/status", "/sys/devices/system/cpu", "/sys/devices/system/node"),
    *("/etc/ld.so.cache", "/etc/fonts", "/usr/share/fonts", "/usr/share/fontconfig"),
    *("/usr/local/share/fonts", "/usr/local/etc/fonts", str(FONTS)),
)
_OPEN_FILES = 128
_PROCESSES = 4096


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How FFmpeg is started; `name` is what people see: landlock+seccomp, …, limits, off."""

    name: str
    limits: Limits
    libraries: tuple[str, ...] = ()
    loaders: tuple[str, ...] = ()

    def command(
        self, program: Path, argv: Sequence[str], *, cwd: Path, writable: str | None
    ) -> list[str]:
        """Return the argument list that starts `program` so that it sees `cwd` alone.

        Of it, only the directory `writable` may be written, and nothing when that is None. Call it
        in the process that will start the program: its death will be the program's.
        """
        if self.name == "off":
            return [str(program), *argv]
        return [
            *(sys.executable, "-I", "-S", str(LAUNCHER), "--parent", str(os.getpid())),
            *("--memory", str(self.limits.max_memory_bytes)),
            *("--file-size", str(room_for_output(self.limits, cwd))),
            *("--open-files", str(_OPEN_FILES), "--processes", str(_PROCESSES)),
            *self._landlock(program, cwd, writable),
            *self._seccomp(),
            *("--", str(program), *argv),
        ]

    def _landlock(self, program: Path, cwd: Path, writable: str | None) -> list[str]:
        if "landlock" not in self.name:
            return []
        words = ["--landlock", "1", "--read", str(cwd), "--device", "/dev/null"]
        for path in (*_READABLE, *self.libraries):
            words += ["--read", path]
        for path in (str(program), *self.loaders):
            words += ["--execute", path]
        if writable is not None:
            words += ["--write", str(cwd / writable)]
        return words

    def _seccomp(self) -> list[str]:
        program = seccomp_program(platform.machine()) if "seccomp" in self.name else None
        return [] if program is None else ["--seccomp", program.hex()]

    def environ(self, writable: str) -> dict[str, str]:
        """Return the whole environment of FFmpeg: nothing of ours."""
        return {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "HOME": writable,
            "TMPDIR": writable,
            "FONTCONFIG_FILE": str(FONTS / "fonts.conf"),
            "AV_LOG_FORCE_NOCOLOR": "1",
            "MALLOC_ARENA_MAX": "2",
        }


def room_for_output(limits: Limits, cwd: Path) -> int:
    """Return how long a file may become: at most the limit, and the disk keeps its reserve."""
    free = shutil.disk_usage(cwd).free
    return min(limits.max_output_bytes, max(0, free - limits.min_free_bytes))


def choose_sandbox(settings: Settings, binaries: Binaries) -> Sandbox:
    """Return the strongest confinement that works here, proven by trying to break out of it.

    A weaker one than Landlock with seccomp is logged as a warning; `FFREMOTE_SANDBOX=off` asks for
    none at all.
    """
    limits = Limits.from_settings(settings)
    if settings.sandbox == "off":
        log.warning("FFmpeg runs without confinement: FFREMOTE_SANDBOX=off")
        return Sandbox("off", limits)
    why = "this system has neither Landlock nor seccomp"
    for name in _MODES if sys.platform == "linux" else ():
        sandbox = _sandbox(name, limits, binaries)
        try:
            with tempfile.TemporaryDirectory(prefix="ffremote-selftest-") as room:
                for_python = replace(sandbox, libraries=(*sandbox.libraries, sys.base_prefix))
                try_confinement(sandbox, for_python, binaries, Path(room))
        except Breach as exc:
            why = f"{name}: {exc}" if name == FULL else why
            continue
        if name != FULL:
            log.warning("FFmpeg is confined by %s only (%s)", name, why)
        return sandbox
    log.warning(
        "FFmpeg is confined by resource limits only (%s): it can open every file and socket that"
        " this user can; take jobs from people you trust",
        why,
    )
    return Sandbox(LIMITS_ONLY, limits)


def _sandbox(name: str, limits: Limits, binaries: Binaries) -> Sandbox:
    found = [
        path for program in (binaries.ffmpeg, binaries.ffprobe) for path in libraries_of(program)
    ]
    loaders = [str(path) for pattern in _LOADERS for path in Path("/").glob(pattern)]
    return Sandbox(name, limits, tuple(dict.fromkeys(found)), tuple(loaders))
