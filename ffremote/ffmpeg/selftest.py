"""Whether a confinement holds, found out by trying to break out of it with FFmpeg itself."""

import os
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from .binaries import Binaries

SECONDS = 30
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


def try_confinement(sandbox: Confinement, binaries: Binaries, room: Path) -> None:
    """Raise Breach unless FFmpeg can do its work in `room`, and nothing else.

    It must write in the writable directory, and must neither read a file outside, nor write
    beside its directory, nor connect to a socket that listens.
    """
    inside, secret = room / "inside", room / "secret"
    (inside / "out").mkdir(parents=True)
    # every byte of it is a sample of raw sound, so FFmpeg would take it
    secret.write_bytes(b"secret" * 1000)

    def ffmpeg(*argv: str) -> int:
        head = ("-v", "quiet", "-nostdin", "-y")
        command = sandbox.command(binaries.ffmpeg, [*head, *argv], cwd=inside, writable="out")
        return _run(command, inside, sandbox.environ("out"))

    sound = ("-f", "lavfi", "-i", "anullsrc", "-t", "0.1", "-f", "wav")
    if ffmpeg(*sound, "file:out/a.wav") != 0 or not (inside / "out" / "a.wav").exists():
        raise Breach("FFmpeg cannot work in it")
    if "landlock" in sandbox.name:
        raw = ("-f", "u8", "-ar", "8000", "-i", f"file:{secret}", "-f", "wav")
        if ffmpeg(*raw, "file:out/b.wav") == 0:
            raise Breach("a file outside can be read")
        if ffmpeg(*sound, "file:beside.wav") == 0 or (inside / "beside.wav").exists():
            raise Breach("a file beside the result can be written")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        port = listening.getsockname()[1]
        ffmpeg(*sound, f"tcp://127.0.0.1:{port}")
        try:
            listening.accept()[0].close()
        except BlockingIOError:
            return
        raise Breach("a socket can be connected")


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


def _run(command: list[str], cwd: Path, environ: dict[str, str]) -> int:
    try:
        return subprocess.run(
            command,
            cwd=cwd,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        ).returncode
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise Breach(str(exc)) from exc
