"""Chooses the strongest confinement that works here, and starts every FFmpeg in it."""

import logging
import os
import platform
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ffremote.config import Settings
from ffremote.errors import ConfigurationError

from ..binaries import Binaries
from ..model.devices import THREAD_NAMES, driver_paths, nodes
from ..model.limits import Limits
from .seccomp import calls_to_try, has_program
from .seccomp import program as seccomp_program
from .selftest import Breach, Untested, libraries_of, try_confinement

log = logging.getLogger(__name__)

LAUNCHER = Path(__file__).with_name("launcher.py")
FONTS = Path(__file__).parent.with_name("fonts")
FULL = "landlock+seccomp"
LIMITS_ONLY = "limits"
_LOADERS = ("lib64/ld-linux*", "lib/ld-linux*", "lib/ld-musl*", "lib/*/ld-linux*")
# the loader's cache of library paths, fonts for burned subtitles, and the processors' topology for
# x265: without it, its threads were seen to deadlock
_READABLE = (
    *("/proc/self/status", "/sys/devices/system/cpu", "/sys/devices/system/node"),
    *("/etc/ld.so.cache", "/etc/fonts", "/usr/share/fonts", "/usr/share/fontconfig"),
    *("/usr/local/share/fonts", "/usr/local/etc/fonts", str(FONTS)),
)
_OPEN_FILES = 128
_PROCESSES = 4096


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How FFmpeg is started; `name` is shown to users: landlock+seccomp, …, limits, off."""

    name: str
    limits: Limits
    libraries: tuple[str, ...] = ()
    loaders: tuple[str, ...] = ()
    log_unlisted: bool = False
    """Whether the kernel logs the system calls that no tested FFmpeg makes."""

    def command(
        self,
        program: Path,
        argv: Sequence[str],
        *,
        cwd: Path,
        writable: str | None,
        devices: bool = False,
    ) -> list[str]:
        """Return the argument list that starts `program` with access to `cwd` only.

        In `cwd`, it may write only the directory `writable`; None for nothing. Call this in the
        process that starts the program: the program is killed when that process ends. With
        `devices` the program may use those that the operator admits; its address space is not
        limited then, because drivers reserve much more than they use.
        """
        if self.name == "off":
            return [str(program), *argv]
        admitted = nodes(self.limits.devices) if devices else []
        return [
            *(sys.executable, "-I", "-S", str(LAUNCHER), "--parent", str(os.getpid())),
            *(() if devices else ("--memory", str(self.limits.max_memory_bytes))),
            *("--file-size", str(output_size_limit(self.limits, cwd))),
            *("--open-files", str(_OPEN_FILES), "--processes", str(_PROCESSES)),
            *self._landlock(program, cwd, writable),
            *(_driver_rules(admitted) if admitted and "landlock" in self.name else ()),
            *self._seccomp(devices=bool(admitted)),
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

    def _seccomp(self, *, devices: bool) -> list[str]:
        if "seccomp" not in self.name:
            return []
        program = seccomp_program(
            platform.machine(), log_unlisted=self.log_unlisted, devices=devices
        )
        assert program is not None, platform.machine()  # `sandbox_named` checked it
        return ["--seccomp", program.hex()]

    def environ(self, writable: str, *, colored: bool = False) -> dict[str, str]:
        """Return the whole environment of FFmpeg; it inherits nothing of this process's.

        With `colored` its messages have the colors that mark them as its own.
        """
        return {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "HOME": writable,
            "TMPDIR": writable,
            "FONTCONFIG_FILE": str(FONTS / "fonts.conf"),
            "AV_LOG_FORCE_COLOR" if colored else "AV_LOG_FORCE_NOCOLOR": "1",
            "MALLOC_ARENA_MAX": "2",
        }


def _driver_rules(admitted: Sequence[str]) -> list[str]:
    """Return the rules of Landlock for these device nodes and for what their drivers read."""
    words = [word for path in admitted for word in ("--hardware", path)]
    words += [word for path in driver_paths() for word in ("--read", path)]
    return [*words, "--rewrite", THREAD_NAMES]


def output_size_limit(limits: Limits, cwd: Path) -> int:
    """Return the maximum size of a file: the job's limit, or less to keep the disk's reserve."""
    free = shutil.disk_usage(cwd).free
    return min(limits.max_output_bytes, max(0, free - limits.min_free_bytes))


def choose_sandbox(settings: Settings, binaries: Binaries) -> Sandbox:
    """Return the strongest confinement that works here, proven by trying to break out of it.

    Anything weaker than Landlock with seccomp is logged as a warning, `FFREMOTE_SANDBOX=off` too.
    Raises ConfigurationError if `required` asks for more than works here, and if a test had no
    result: an untested confinement is not treated as missing.
    """
    if settings.sandbox == "off":
        log.warning("FFmpeg runs without confinement: FFREMOTE_SANDBOX=off")
        return sandbox_named("off", settings, binaries)
    why = "this system has neither Landlock nor seccomp"
    for name in _modes():
        sandbox = sandbox_named(name, settings, binaries)
        defect = _defect(sandbox, binaries)
        if defect is None:
            break
        why = f"{name}: {defect}" if name == _modes()[0] else why
    else:
        sandbox = sandbox_named(LIMITS_ONLY, settings, binaries)
    if sandbox.name != FULL:
        if settings.sandbox == "required":
            raise ConfigurationError(
                f"FFREMOTE_SANDBOX=required, but only {sandbox.name} works here ({why})."
            )
        log.warning("FFmpeg is confined by %s only (%s)%s", sandbox.name, why, _gap(sandbox.name))
    return sandbox


def sandbox_named(name: str, settings: Settings, binaries: Binaries) -> Sandbox:
    """Return the confinement `name`, which another ffremote process has chosen and tested.

    Raises ConfigurationError if this machine cannot install all of it.
    """
    if name not in (*_modes(), LIMITS_ONLY, "off"):
        raise ConfigurationError(f"The confinement {name!r} cannot be installed on this machine.")
    libraries = [
        path for program in (binaries.ffmpeg, binaries.ffprobe) for path in libraries_of(program)
    ]
    loaders = [str(path) for pattern in _LOADERS for path in Path("/").glob(pattern)]
    return Sandbox(
        name,
        Limits.from_settings(settings),
        tuple(dict.fromkeys(libraries)),
        tuple(loaders),
        log_unlisted=settings.sandbox_log,
    )


def _modes() -> tuple[str, ...]:
    """Return the confinements that this machine may support, the strongest first."""
    if sys.platform != "linux":
        return ()
    return (FULL, "landlock", "seccomp") if has_program(platform.machine()) else ("landlock",)


def python_program() -> Path:
    """Return the interpreter that runs this process, which a confinement can name."""
    return Path(sys.executable).resolve()


def for_python(sandbox: Sandbox) -> Sandbox:
    """Return the same confinement in which Python can start as well."""
    libraries = (*sandbox.libraries, sys.base_prefix, *libraries_of(python_program()))
    return replace(sandbox, libraries=libraries)


def _defect(sandbox: Sandbox, binaries: Binaries) -> str | None:
    """Return why a confinement does not hold, None if it does.

    Raises ConfigurationError if the test had no result.
    """
    calls = calls_to_try(platform.machine())
    try:
        try_confinement(sandbox, for_python(sandbox), binaries, calls)
    except Breach as exc:
        return str(exc)
    except Untested as exc:
        raise ConfigurationError(
            f"The confinement of FFmpeg ({sandbox.name}) could not be tested, so nothing is"
            f" started: {exc}. FFREMOTE_SANDBOX=off runs FFmpeg unconfined."
        ) from exc
    return None


def _gap(name: str) -> str:
    """Return what a weaker confinement does not prevent."""
    if "landlock" in name:
        return ": it can use system calls that it does not need"
    files = "it can open every file that this user can"
    files += "" if "seccomp" in name else ", and every socket"
    return f": {files}; accept jobs only from people you trust"
