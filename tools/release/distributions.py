"""Builds sdist and wheel from the files of the commit, and checks them."""

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from .subject import ROOT, NotReleasable, Subject

LICENSES = ("LICENSE", "THIRD-PARTY.md", "ffremote/ffmpeg/fonts/LICENSE")
"""What goes with each distribution."""
SDIST = (*LICENSES, "CHANGELOG.md", "README.md", "cli/ffremote.1", "locks/client.txt")


def export(subject: Subject, target: Path) -> Path:
    """Write the files of the commit, without others of the checkout, below `target`."""
    archive = subprocess.run(
        ["git", "archive", subject.commit], cwd=ROOT, check=True, capture_output=True
    ).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(target, filter="data")
    return target


def build(subject: Subject, source: Path, target: Path) -> tuple[Path, Path]:
    """Write the sdist, and the wheel that is built from it, into `target`; check and return both.

    Their time stamps are those of the commit, so that another machine makes the same wheel.
    """
    target.mkdir(parents=True, exist_ok=True)
    if old := sorted(path.name for path in target.iterdir()):
        raise NotReleasable(f"{target} is not empty ({old[0]} …): remove it, or name another --out")
    environ = os.environ | {"SOURCE_DATE_EPOCH": str(subject.seconds)}
    _python("-m", "build", "--outdir", str(target), str(source), environ=environ)
    sdist = target / f"ffremote-{subject.version}.tar.gz"
    wheel = target / f"ffremote-{subject.version}-py3-none-any.whl"
    _python("-m", "twine", "check", "--strict", str(sdist), str(wheel))
    _require_members(wheel, sdist, subject.version)
    return wheel, sdist


def write_sums(target: Path) -> None:
    """Write `SHA256SUMS` of all files in `target`, in the form that `sha256sum --check` reads."""
    files = sorted(path for path in target.iterdir() if path.is_file())
    lines = [f"{sha256(path)}  {path.name}\n" for path in files]
    (target / "SHA256SUMS").write_text("".join(lines))


def sha256(path: Path) -> str:
    """Return the sha256 of a file in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def missing_members(names: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return those of `wanted` that are the end of no name in an archive."""
    return [each for each in wanted if not any(name.endswith(f"/{each}") for name in names)]


def _require_members(wheel: Path, sdist: Path, version: str) -> None:
    with zipfile.ZipFile(wheel) as opened:
        missing = missing_members(opened.namelist(), LICENSES)
    with tarfile.open(sdist) as tar:
        names = [name.removeprefix(f"ffremote-{version}") for name in tar.getnames()]
        missing += missing_members(names, SDIST)
    if missing:
        raise NotReleasable(f"the distributions lack {', '.join(missing)}")


def _python(*words: str, environ: dict[str, str] | None = None) -> None:
    subprocess.run([sys.executable, *words], check=True, env=environ, stdout=subprocess.DEVNULL)
