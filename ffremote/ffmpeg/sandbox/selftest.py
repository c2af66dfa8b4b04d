"""Whether a confinement holds, found out by trying to break out of it with FFmpeg itself."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from ffremote.errors import ConfigurationError

from ..binaries import Binaries

SECONDS = 30
LOADING_SECONDS = 60
TRIES = 3
FAILED = 120  # the launcher's exit status: it could not take away what it was asked to
ESCAPES = Path(__file__).with_name("escapes.py")
_KILLED = (-signal.SIGKILL, -signal.SIGTERM)
_SAID = 200
_LIBRARY_PLACES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")


class Breach(Exception):
    """The confinement does not work here: it lets something out, or the system has it not."""


class Untested(Exception):
    """Nothing was learned: the test ran out of time, was killed, or could not be started."""


class Confinement(Protocol):
    """What is tested; see `sandbox.Sandbox`."""

    @property
    def name(self) -> str: ...

    def command(
        self, program: Path, argv: Sequence[str], *, cwd: Path, writable: str | None
    ) -> list[str]: ...

    def environ(self, writable: str) -> dict[str, str]: ...


def try_confinement(
    sandbox: Confinement, for_python: Confinement, binaries: Binaries, calls: dict[str, int]
) -> None:
    """Raise Breach unless FFmpeg can do its work confined, and nothing else can be done.

    `for_python` is the same confinement in which a Python can start; that one tries every escape
    of `escapes.py`, `calls` being the system calls that are to be refused. A test that is killed
    or takes too long is tried again; raises Untested when none of TRIES came to an end.
    """
    for number in range(1, TRIES + 1):
        try:
            with tempfile.TemporaryDirectory(prefix="ffremote-selftest-") as room:
                _try_in(Path(room), sandbox, for_python, binaries, calls, SECONDS * number)
        except (Untested, OSError) as exc:
            why = str(exc)
        else:
            return
    raise Untested(why)


def _try_in(
    room: Path,
    sandbox: Confinement,
    for_python: Confinement,
    binaries: Binaries,
    calls: dict[str, int],
    seconds: float,
) -> None:
    inside, secret = room / "inside", room / "secret"
    (inside / "out").mkdir(parents=True)
    (inside / "input").write_text("film")
    secret.write_text("secret")
    sound = ("-f", "lavfi", "-i", "anullsrc", "-t", "0.1", "-f", "wav", "file:out/a.wav")
    words = ("-v", "error", "-nostdin", *sound)
    command = sandbox.command(binaries.ffmpeg, words, cwd=inside, writable="out")
    ran = _run(command, inside, sandbox.environ("out"), seconds)
    if ran.returncode != 0 or not (inside / "out" / "a.wav").exists():
        raise _fault_of_ffmpeg(ran, [str(binaries.ffmpeg), *words], inside, seconds)
    shared = Path(f"/dev/shm/ffremote-{os.getpid()}")
    with _listening_port() as port:
        told = {
            "secret": str(secret),
            "port": port,
            "shared": str(shared),
            "shell": "landlock" in sandbox.name,
            "calls": calls,
        }
        escape = ("-I", "-S", "-c", ESCAPES.read_text("utf-8"), json.dumps(told))
        python = Path(sys.executable).resolve()
        command = for_python.command(python, escape, cwd=inside, writable="out")
        ran = _run(command, inside, sandbox.environ("out"), seconds)
    shared.unlink(missing_ok=True)
    escaped = _escaped(sandbox.name, ran)
    if escaped:
        raise Breach(f"it does not stop: {', '.join(escaped)}")


def _fault_of_ffmpeg(
    ran: subprocess.CompletedProcess[str], bare: list[str], cwd: Path, seconds: float
) -> Exception:
    """Tell a confinement that FFmpeg cannot work in from an FFmpeg that cannot work at all."""
    said = ran.stderr.strip()[-_SAID:]
    if ran.returncode == FAILED:
        return Breach(said or "it cannot be installed")
    unconfined = _run(bare, cwd, {"PATH": os.defpath}, seconds)
    if unconfined.returncode != 0:
        return Untested(f"FFmpeg fails without it, too: {unconfined.stderr.strip()[-_SAID:]}")
    return Breach(f"FFmpeg cannot work in it: {said}")


def _escaped(name: str, ran: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what got through and should not have; only Landlock promises the files."""
    if ran.returncode == FAILED:
        raise Breach(ran.stderr.strip()[-_SAID:])
    try:
        done = json.loads(ran.stdout)
    except ValueError:
        raise Untested(f"the test of it cannot run: {ran.stderr.strip()[-_SAID:]}") from None
    if isinstance(done, list):
        return [str(each) for each in done]  # a shell that took the place of the test
    files = done["files"] if "landlock" in name else []
    # Landlock alone keeps from the network, too, or it is worth less than the filter alone
    wanted = done["calls"] if "seccomp" in name else {"connect"} & set(done["calls"])
    return [*files, *wanted]


def libraries_of(program: Path) -> list[str]:
    """Return the directories that a program's shared libraries lie in, as the loader says.

    Raises ConfigurationError when the program cannot be started.
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
    """A port to try to connect to; 0 where a service manager took the Internet from us all."""
    try:
        listening = socket.create_server(("127.0.0.1", 0))
    except OSError as exc:
        if exc.errno != errno.EAFNOSUPPORT:
            raise
        yield 0
        return
    with listening:
        yield listening.getsockname()[1]


def _run(
    command: list[str], cwd: Path, environ: dict[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run to the end; raise Untested for an end that says nothing."""
    try:
        ran = subprocess.run(
            command,
            cwd=cwd,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise Untested(f"the test of it did not end in {seconds:.0f} seconds: {exc}") from exc
    if ran.returncode in _KILLED:
        raise Untested("the test of it was killed, perhaps for lack of memory")
    return ran
