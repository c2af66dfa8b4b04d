"""Tests whether a confinement holds, by trying to break out of it and by running FFmpeg in it."""

import errno
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ffremote.errors import ConfigurationError

from ..binaries import Binaries
from .bounded_run import run_bounded, was_killed

SECONDS = 30
LOADING_SECONDS = 60
TRIES = 3
FAILED = 120  # the launcher's exit status when it could not apply a restriction
ESCAPES = Path(__file__).with_name("escapes.py")
_MAX_QUOTED = 200  # characters of stderr in a message
_LIBRARY_PLACES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")

_Ended = subprocess.CompletedProcess[bytes]


class Breach(Exception):
    """The confinement does not work here: it has a gap, or the system does not support it."""


class Untested(Exception):
    """The test had no result: it ran out of time, was killed, or could not be started."""


class Confinement(Protocol):
    """The confinement under test; see `sandbox.Sandbox`."""

    @property
    def name(self) -> str: ...

    def command(
        self, program: Path, argv: Sequence[str], *, cwd: Path, writable: str | None
    ) -> list[str]: ...

    def environ(self, writable: str) -> dict[str, str]: ...


def try_confinement(
    sandbox: Confinement, for_python: Confinement, binaries: Binaries, calls: dict[str, int]
) -> None:
    """Raise Breach unless FFmpeg works in `sandbox` and every escape from it fails.

    `for_python` is the same confinement, in which Python can start as well: it runs `escapes.py`;
    `calls` are the numbers of the system calls that must be refused. A test that is killed or takes
    too long is repeated with more time. Raises Untested if none of TRIES had a result.
    """
    for number in range(1, TRIES + 1):
        try:
            with tempfile.TemporaryDirectory(prefix="ffremote-selftest-") as directory:
                seconds = SECONDS * number
                _Attempt(sandbox, for_python, binaries, calls, Path(directory), seconds).run()
        except (Untested, OSError) as exc:
            why = str(exc)
        else:
            return
    raise Untested(why)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One run of the whole test in `directory`; each program may take `seconds`."""

    sandbox: Confinement
    for_python: Confinement
    binaries: Binaries
    calls: dict[str, int]
    directory: Path
    seconds: float

    def run(self) -> None:
        """Raise Breach or Untested unless the confinement passes."""
        inside = self.directory / "inside"
        (inside / "out").mkdir(parents=True)
        (inside / "input").write_text("input")
        (self.directory / "secret").write_text("secret")
        self._check_ffmpeg(inside)
        escaped = _escaped(self.sandbox.name, self._try_escapes(inside))
        if escaped:
            raise Breach(f"it does not stop: {', '.join(escaped)}")

    def _check_ffmpeg(self, inside: Path) -> None:
        audio = ("-f", "lavfi", "-i", "anullsrc", "-t", "0.1", "-f", "wav", "file:out/a.wav")
        words = ("-v", "error", "-nostdin", *audio)
        command = self.sandbox.command(self.binaries.ffmpeg, words, cwd=inside, writable="out")
        ended = _run(command, inside, self.sandbox.environ("out"), self.seconds)
        if ended.returncode != 0 or not (inside / "out" / "a.wav").exists():
            raise self._ffmpeg_error(ended, words, inside)

    def _ffmpeg_error(self, ended: _Ended, words: Sequence[str], inside: Path) -> Exception:
        """Return Breach if FFmpeg fails only in the confinement, Untested if it always fails."""
        if ended.returncode == FAILED:
            return Breach(_quote(ended) or "it cannot be installed")
        bare = [str(self.binaries.ffmpeg), *words]
        unconfined = _run(bare, inside, {"PATH": os.defpath}, self.seconds)
        if unconfined.returncode != 0:
            return Untested(f"FFmpeg fails without it, too: {_quote(unconfined)}")
        return Breach(f"FFmpeg cannot work in it: {_quote(ended)}")

    def _try_escapes(self, inside: Path) -> _Ended:
        shared = Path(f"/dev/shm/ffremote-{os.getpid()}")
        python = Path(sys.executable).resolve()
        with _listening_port() as port:
            parameters = {
                "secret": str(self.directory / "secret"),
                "port": port,
                "shared": str(shared),
                "shell": "landlock" in self.sandbox.name,
                "calls": self.calls,
            }
            source = ESCAPES.read_text("utf-8")
            argv = ("-I", "-S", "-c", source, json.dumps(parameters))
            command = self.for_python.command(python, argv, cwd=inside, writable="out")
            ended = _run(command, inside, self.sandbox.environ("out"), self.seconds)
        shared.unlink(missing_ok=True)
        return ended


def _escaped(name: str, ended: _Ended) -> list[str]:
    """Return the escapes that succeeded and should not have; only Landlock protects files."""
    if ended.returncode == FAILED:
        raise Breach(_quote(ended))
    try:
        succeeded = json.loads(ended.stdout)
    except ValueError:
        raise Untested(f"the test of it cannot run: {_quote(ended)}") from None
    if isinstance(succeeded, list):
        return [str(each) for each in succeeded]  # printed by a shell that replaced the test
    files = succeeded["files"] if "landlock" in name else []
    # Landlock alone has to block the network, too, or it protects less than the filter alone
    calls = succeeded["calls"] if "seccomp" in name else {"connect"} & set(succeeded["calls"])
    return [*files, *calls]


def libraries_of(program: Path) -> list[str]:
    """Return the directories of the shared libraries of a program, as its loader reports them.

    Raises ConfigurationError if the program cannot be started.
    """
    try:
        shown = subprocess.run(
            [program],
            env={"LD_TRACE_LOADED_OBJECTS": "1", "PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LOADING_SECONDS,
            check=False,
        ).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError) as exc:
        raise ConfigurationError(f"{program} does not run: {exc}") from exc
    paths = [word for word in shown.split() if word.startswith("/")]
    found = {str(Path(path).parent.resolve()) for path in paths}
    return sorted(found | {place for place in _LIBRARY_PLACES if Path(place).is_dir()})


@contextmanager
def _listening_port() -> Iterator[int]:
    """Yield a local port that accepts connections; 0 if a service manager blocks sockets."""
    try:
        listening = socket.create_server(("127.0.0.1", 0))
    except OSError as exc:
        if exc.errno != errno.EAFNOSUPPORT:
            raise
        yield 0
        return
    with listening:
        yield listening.getsockname()[1]


def _run(command: list[str], cwd: Path, environ: dict[str, str], seconds: float) -> _Ended:
    """Run a program to its end; raise Untested if the end proves nothing."""
    try:
        ended = run_bounded(command, cwd=cwd, environ=environ, seconds=seconds)
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise Untested(
            f"the test of it did not end in {seconds:.0f} seconds ({exc}); start again when the"
            " machine is less busy"
        ) from exc
    if was_killed(ended):
        raise Untested(
            "the test of it was killed, perhaps for lack of memory; start again with more"
        )
    return ended


def _quote(ended: _Ended) -> str:
    """Return the end of stderr."""
    return ended.stderr.decode("utf-8", "replace").strip()[-_MAX_QUOTED:]
