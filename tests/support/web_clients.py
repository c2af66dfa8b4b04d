"""JavaScript clients from npm at their locked versions; tests are skipped without npm."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

WEB = Path(__file__).with_name("web")
PLAYERS = WEB / "players"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def install(folder: Path, of: Path = WEB) -> Path:
    """Install the packages that `of` locks in `folder`; return the path of their modules."""
    if shutil.which("npm") is None:
        _do_without("no npm is here (Debian: apt install npm; or nodejs.org)")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(of / name, folder)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100)
    if done.returncode:  # no network, or a registry that this environment does not trust
        _do_without(f"npm cannot fetch what package-lock.json names: {done.stderr[-200:]}")
    return folder / "node_modules"


def bundle(modules: Path, page: Path, out: Path) -> None:
    """Bundle a page's script with its imports."""
    subprocess.run(
        [modules / ".bin" / "esbuild", page, "--bundle", "--format=esm", f"--outfile={out}"],
        check=True,
        capture_output=True,
        timeout=60,
        env={**os.environ, "NODE_PATH": str(modules)},
    )


def chromium() -> str:
    """Return the path of a Chromium."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None:
        pytest.skip("no Chromium is here (Debian: apt install chromium)")
    return found


def node() -> str:
    """Return the path of node."""
    found = shutil.which("node")
    if found is None:
        _do_without("no node is here (Debian: apt install nodejs; or nodejs.org)")
    return found


def _do_without(reason: str) -> NoReturn:
    """Skip the test; fail in CI, which needs npm."""
    if os.environ.get("CI"):
        pytest.fail(f"CI needs this: {reason}")
    pytest.skip(reason)
