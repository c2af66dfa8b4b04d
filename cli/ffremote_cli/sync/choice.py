"""Decides what is to be done with each file: nothing, convert it, or delete it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .journal import DONE, FAILED, Entry
from .scan import Version


@dataclass(frozen=True, slots=True)
class Task:
    """A file to convert; with `is_done` its result is here, and only the source is left."""

    source: str
    version: Version
    target: str
    earlier: Entry | None = None
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Collision:
    """A file whose result would have the name of another one's."""

    task: Task
    other: str


@dataclass(frozen=True, slots=True)
class Chooser:
    """The rules of one sync."""

    target_of: Callable[[str], str]
    """The path of the result of a source, both relative."""
    options: str
    """The digest of the job."""
    deletes: bool
    retries: set[str]
    """Sources that are converted again although they failed."""

    def choose(
        self, files: Mapping[str, Version], entries: Mapping[str, Entry]
    ) -> tuple[list[Task], list[Collision]]:
        """Return the tasks in natural order, and those that have no name for their result."""
        owners = {
            entry.target.casefold(): entry.source
            for entry in entries.values()
            if entry.target and (entry.state == DONE or entry.source in files)
        }
        tasks, collisions = [], []
        for source, version in files.items():
            entry = entries.get(source)
            if not self._is_due(source, version, entry):
                continue
            is_done = entry is not None and entry.state == DONE and entry.version == version
            task = Task(source, version, self.target_of(source), entry, is_done)
            owner = owners.setdefault(task.target.casefold(), source)
            if owner == source:
                tasks.append(task)
            else:
                collisions.append(Collision(task, owner))
        return tasks, collisions

    def _is_due(self, source: str, version: Version, entry: Entry | None) -> bool:
        if entry is None or entry.version != version:
            return True
        if entry.state == DONE:
            return self.deletes
        return entry.state != FAILED or source in self.retries or entry.options != self.options


def digest_of(job: Mapping[str, Any]) -> str:
    """Return a short digest of the options of a job."""
    text = json.dumps(job, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def sha256_of(path: Path) -> str | None:
    """Return the sha256 of a file as it is on the disk, or None if there is no file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
