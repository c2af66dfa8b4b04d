"""The programs of the previous version, taken from the history of the checkout."""

import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

from tests.support.paths import CHECKOUT

RELEASE = "ffde78b934dca54bf74f35efaa1aaaedd8eb132f"
"""The last commit of version 0.1.0."""
SCHEMA = "0001"
"""Its migration."""
PROGRAMS = {
    "ffremote-server": "from ffremote.api.server import main; main()",
    "ffremote-worker": "from ffremote_worker.main import main; main()",
    "flask": "from flask.cli import main; main()",
}


def missing() -> str | None:
    """Return why the previous version cannot be taken from the history, or None."""
    found = subprocess.run(
        ["git", "cat-file", "-e", f"{RELEASE}^{{commit}}"],
        cwd=CHECKOUT,
        capture_output=True,
        check=False,
    )
    if found.returncode == 0:
        return None
    return "the history does not reach back to 0.1.0 (in a shallow clone: git fetch --unshallow)"


def extract(home: Path) -> Path:
    """Write the files of the previous version below `home`; return the directory of its programs.

    They run on the libraries that are installed here.
    """
    archive = subprocess.run(
        ["git", "archive", RELEASE, "ffremote", "worker", "migrations"],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    ).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(home, filter="data")
    (home / "ffremote" / "migrations").symlink_to(home / "migrations")
    programs = home / "bin"
    programs.mkdir()
    for name, code in PROGRAMS.items():
        (programs / name).write_text(f"#!{sys.executable}\n{code}\n")
        (programs / name).chmod(0o755)
    return programs


def environ(home: Path) -> dict[str, str]:
    """Return the variables that make Python import the previous version."""
    return {"PYTHONPATH": f"{home}:{home / 'worker'}"}
