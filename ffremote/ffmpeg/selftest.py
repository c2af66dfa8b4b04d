"""Whether a confinement holds, found out by trying to break out of it with FFmpeg itself."""

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from .binaries import Binaries

SECONDS = 30
_ESCAPE = """
import _socket, sys
def read(): open(sys.argv[1]).read()
def write(): open("beside", "w").close()
def connect(): _socket.socket(2, 1, 0).connect(("127.0.0.1", int(sys.argv[2])))
for attempt in (read, write, connect):
    try:
        attempt()
        print(attempt.__name__)
    except OSError:
        pass
"""
_LIBRARY_PLACES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")


class Breach(Exception):
    """The confinement does not work here: it lets something out, or stops FFmpeg's own work."""


class Confinement(Protocol):
    """What is tested; see `sandbox.Sandbox`."""

    @property
    def name(self) -> str: ...

    def command(
        self, program: Path, argv: Sequence[str], *, cwd: Path, writable: str | None
    ) -> list[str]: ...

    def environ(self, writable: str) -> dict[str, str]: ...


def try_confinement(
    sandbox: Confinement, for_python: Confinement, binaries: Binaries, room: Path
) -> None:
    """Raise Breach unless FFmpeg can do its work in `room`, and nothing else can be done.

    `for_python` is the same confinement in which a Python can start; that one tries to read a
    file outside, to write beside its directory, and to connect to a socket that listens.
    """
    inside, secret = room / "inside", room / "secret"
    (inside / "out").mkdir(parents=True)
    secret.write_text("secret")
    environ = sandbox.environ("out")
    sound = ("-f", "lavfi", "-i", "anullsrc", "-t", "0.1", "-f", "wav", "file:out/a.wav")
    ffmpeg = sandbox.command(
        binaries.ffmpeg, ("-v", "quiet", "-nostdin", *sound), cwd=inside, writable="out"
    )
    if _run(ffmpeg, inside, environ).returncode != 0 or not (inside / "out" / "a.wav").exists():
        raise Breach("FFmpeg cannot work in it")
    with _listening_port() as port:
        escape = ("-I", "-S", "-c", _ESCAPE, str(secret), str(port))
        python = Path(sys.executable).resolve()
        command = for_python.command(python, escape, cwd=inside, writable="out")
        ran = _run(command, inside, environ)
    if ran.returncode != 0:
        raise Breach("the test of it cannot run")
    escaped = set(ran.stdout.split())
    if "landlock" not in sandbox.name:
        escaped -= {"read", "write"}  # only Landlock promises these
    if escaped:
        raise Breach(f"it lets {' and '.join(sorted(escaped))} out")


def libraries_of(program: Path) -> list[str]:
    """Return the directories that a program's shared libraries lie in, as the loader says."""
    shown = subprocess.run(
        [program],
        env={"LD_TRACE_LOADED_OBJECTS": "1", "PATH": os.defpath},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    ).stdout.decode("utf-8", "replace")
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
    command: list[str], cwd: Path, environ: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=cwd,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise Breach(str(exc)) from exc
