"""Installs the distributions in clean environments and uses them there."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .subject import ROOT, NotReleasable

Files = tuple[Path, Path]
CONSTRAINTS = str(ROOT / "constraints.txt")


@dataclass(frozen=True, slots=True)
class Trial:
    """One use of the distributions: a name, what is done, and the function that does it."""

    name: str
    text: str
    run: Callable[[Files, Path, str], None]


def client_of_the_wheel(files: Files, home: Path, version: str) -> None:
    """Install the client from the wheel, with the newest dependencies, and ask for its version."""
    bin_ = _environment(home, str(files[0]))
    _require_version(bin_, home, version)


def client_of_the_sdist(files: Files, home: Path, version: str) -> None:
    """Install the client from the sdist with the locked dependencies, as the recipes do."""
    bin_ = _environment(home, "--no-deps", "--require-hashes", "-r", "locks/client.txt")
    _pip(bin_, "--no-deps", str(files[1]))
    _require_version(bin_, home, version)


def whole_of_the_wheel(files: Files, home: Path, version: str) -> None:
    """Install everything from the wheel, and convert the sample with a server and a worker."""
    bin_ = _environment(
        home, "--constraint", CONSTRAINTS, f"ffremote[server,ffmpeg] @ {files[0].as_uri()}"
    )
    _require_version(bin_, home, version)
    (home / "tools").mkdir()
    for name in ("demo", "private_service", "up"):
        shutil.copy(ROOT / f"tools/{name}.py", home / "tools")
    shutil.copytree(ROOT / "samples", home / "samples")
    _run([bin_ / "python", "-m", "tools.demo"], home)


TRIALS = (
    Trial("client", "the client from the wheel", client_of_the_wheel),
    Trial("locked", "the client from the sdist, with locked dependencies", client_of_the_sdist),
    Trial("whole", "a conversion with everything from the wheel", whole_of_the_wheel),
)


def _environment(home: Path, *wanted: str) -> Path:
    """Return the programs of a new environment in which `wanted` is installed."""
    home.mkdir(parents=True)
    _run([sys.executable, "-m", "venv", home / "venv"], home)
    _pip(home / "venv/bin", *wanted)
    return home / "venv/bin"


def _pip(bin_: Path, *wanted: str) -> None:
    pip: list[str | Path] = [bin_ / "python", "-m", "pip", "--quiet"]
    pip.append("--disable-pip-version-check")
    _run([*pip, "install", *wanted], ROOT)
    _run([*pip, "check"], ROOT)


def _require_version(bin_: Path, home: Path, version: str) -> None:
    shown = _run([bin_ / "ffremote", "--version"], home).strip()
    if version not in shown.split():
        raise NotReleasable(f"the installed client says {shown!r}, not {version}")


def _run(argv: list[str | Path], cwd: Path) -> str:
    """Run a command outside of the checkout's packages; raise NotReleasable with its words."""
    done = subprocess.run(argv, cwd=cwd, check=False, capture_output=True, text=True)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise NotReleasable(f"{' '.join(map(str, argv))} ended with {done.returncode}:\n{said}")
    return done.stdout
