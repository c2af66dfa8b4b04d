"""Fetch the scripts of others that the page ships, or check those that are here.

    python -m tools.vendor            # npm: fetch the versions that tools/vendored.json names
    python -m tools.vendor --check    # no network: compare the files with its hashes

To take a newer version, change it in tools/vendored.json and run the first. A browser resolves no
bare specifier, so `from"preact"` becomes a path; nothing else is changed.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[1]
MANIFEST = Path(__file__).with_name("vendored.json")
REWRITTEN = {b'from"preact"': b'from"./preact.mjs"'}


def read_manifest() -> dict[str, Any]:
    """Return the packages by name: `version`, `licence`, `files`, `integrity`, `sha256`."""
    manifest: dict[str, Any] = json.loads(MANIFEST.read_text())
    return manifest


def differences(manifest: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each file that is missing, or is not the one that was fetched."""
    for package in manifest.values():
        for target in package["files"].values():
            path = CHECKOUT / target
            if not path.is_file():
                yield f"{target} is missing"
            elif _digest(path.read_bytes()) != package.get("sha256", {}).get(target):
                yield f"{target} is not the file whose hash is in tools/vendored.json"


def fetch(manifest: dict[str, Any]) -> None:
    """Write the files of every package, and their hashes to the manifest."""
    with tempfile.TemporaryDirectory() as folder:
        for name, package in manifest.items():
            _fetch_one(name, package, Path(folder))
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")


def _fetch_one(name: str, package: dict[str, Any], folder: Path) -> None:
    command = ["npm", "pack", "--json", f"{name}@{package['version']}"]
    done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE)
    [packed] = json.loads(done.stdout)
    package["integrity"] = packed["integrity"]
    package["sha256"] = {}
    with tarfile.open(folder / packed["filename"]) as archive:
        for source, target in package["files"].items():
            member = archive.extractfile(f"package/{source}")
            if member is None:
                raise SystemExit(f"vendor: {name} {package['version']} has no file {source}")
            data = _resolved(member.read())
            (CHECKOUT / target).parent.mkdir(parents=True, exist_ok=True)
            (CHECKOUT / target).write_bytes(data)
            package["sha256"][target] = _digest(data)


def _resolved(data: bytes) -> bytes:
    for bare, path in REWRITTEN.items():
        data = data.replace(bare, path)
    return data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--check"]):
        raise SystemExit("usage: python -m tools.vendor [--check]")
    if not sys.argv[1:]:
        fetch(read_manifest())
    if found := list(differences(read_manifest())):
        raise SystemExit("\n".join(f"vendor: {line}" for line in found))
