"""What is released: the commit, its version, and the section of the changelog about it."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
_FINAL = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(rc[0-9]+)?")


class NotReleasable(Exception):
    """The checkout cannot be released; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A commit that can be released; `seconds` is its time, `notes` its part of the changelog."""

    version: str
    commit: str
    seconds: int
    notes: str


def read_subject(tag: str | None) -> Subject:
    """Return what HEAD releases; raise NotReleasable for uncommitted changes or a wrong tag."""
    if changed := git("status", "--porcelain", "--untracked-files=no"):
        raise NotReleasable(f"commit these changes first:\n{changed}")
    version = version_of((ROOT / "ffremote/version.py").read_text())
    if tag is not None and tag != f"v{version}":
        raise NotReleasable(f"the tag is {tag}, and the version is {version}: tag v{version}")
    notes = notes_of((ROOT / "CHANGELOG.md").read_text(), version)
    commit, seconds = git("show", "--no-patch", "--format=%H %ct", "HEAD").split()
    return Subject(version, commit, int(seconds), notes)


def version_of(source: str) -> str:
    """Return the version in `ffremote/version.py`; raise NotReleasable for one in development."""
    found = _VERSION.search(source)
    version = found[1] if found else "none"
    if not _FINAL.fullmatch(version):
        raise NotReleasable(
            f"the version is {version}: set the one to release in ffremote/version.py"
        )
    return version


def notes_of(changelog: str, version: str) -> str:
    """Return the section of a version; raise NotReleasable if it is absent, undated or empty."""
    sections = {each.partition("\n")[0]: each for each in changelog.split("\n## ")[1:]}
    dated = re.compile(rf"{re.escape(version)} - \d{{4}}-\d\d-\d\d")
    for heading, section in sections.items():
        if dated.fullmatch(heading) and (text := section.partition("\n")[2].strip()):
            return f"{text}\n"
    raise NotReleasable(f"CHANGELOG.md has no section '## {version} - YYYY-MM-DD' with lines")


def git(*words: str) -> str:
    """Return the output of a git command in the checkout."""
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()
