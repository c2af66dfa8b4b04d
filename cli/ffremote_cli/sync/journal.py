"""What became of each file, in a journal in the output folder: it moves with the results.

A line per event, the last one of a file counts. Paths are relative, so both folders may move.
"""

import json
import os
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from ..errors import LocalFileProblem
from .scan import Version

NAME = ".ffremote-sync.jsonl"

SENT, WAITING, DONE, FAILED = "sent", "waiting", "done", "failed"
_LONGEST = 6
"""Lines per file, above which the journal is written anew when it is opened."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The last event of a source file."""

    source: str
    """Relative to the input folder."""
    size: int
    mtime_ns: int
    state: str
    """`sent`: the server has the job; `waiting`: to be sent again; `done`: the result is here."""
    target: str = ""
    """Relative to the output folder; empty if it has none."""
    options: str = ""
    """A digest of the job without the name of the result."""
    server: str = ""
    job_id: str | None = None
    sha256: str | None = None
    """Of the result, once it is here."""
    reason: str | None = None
    """Why it failed."""
    is_deleted: bool = False
    """Whether the source was deleted after its result was verified."""
    at: str = ""

    @property
    def version(self) -> Version:
        """The version of the source."""
        return Version(self.size, self.mtime_ns)


class JournalProblem(LocalFileProblem):
    """The journal cannot be read or written."""


class Journal:
    """The entries of a folder by source; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.identity = str(uuid.uuid4())
        """Of this journal: two journals never mean the same job."""
        self._lock = Lock()
        self._entries: dict[str, Entry] = {}
        lines = _read(self.path)
        for values in lines:
            self._take(values)
        self._is_long = len(lines) > _LONGEST * (1 + len(self._entries))
        if self._is_long or not lines:
            self._write_anew()

    @property
    def entries(self) -> Mapping[str, Entry]:
        """A copy of the entries."""
        with self._lock:
            return dict(self._entries)

    def find(self, source: str) -> Entry | None:
        """Return the entry of a source."""
        with self._lock:
            return self._entries.get(source)

    def record(self, entry: Entry) -> Entry:
        """Write an entry to the disk; raise JournalProblem if that is not possible."""
        dated = replace(entry, at=datetime.now(UTC).isoformat(timespec="seconds"))
        with self._lock:
            self._write(self.path, "a", [asdict(dated)])
            self._entries[dated.source] = dated
        return dated

    def _take(self, values: Mapping[str, Any]) -> None:
        known = {field.name for field in fields(Entry)}
        if "sync" in values:
            self.identity = str(values["sync"])
            return
        with suppress(TypeError):  # a line that lacks a field
            entry = Entry(**{name: value for name, value in values.items() if name in known})
            self._entries[entry.source] = entry

    def _write_anew(self) -> None:
        fresh = self.path.with_suffix(".new")
        entries = [asdict(entry) for entry in self._entries.values()]
        self._write(fresh, "w", [{"sync": self.identity}, *entries])
        fresh.replace(self.path)

    def _write(self, path: Path, mode: str, lines: Sequence[Mapping[str, Any]]) -> None:
        text = "".join(f"{json.dumps(each)}\n" for each in lines)
        try:
            with path.open(mode, encoding="utf-8") as file:
                if mode == "a" and not _ends_with_line_feed(path):
                    file.write("\n")  # after a crash or a full disk in the middle of a line
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except OSError as exc:
            raise JournalProblem(f"{path} cannot be written: {exc.strerror}") from exc


def _read(path: Path) -> list[Mapping[str, Any]]:
    """Return the lines; one that is incomplete, as a crash leaves it, is skipped."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as exc:
        raise JournalProblem(f"{path} cannot be read: {exc.strerror}") from exc
    found: list[Mapping[str, Any]] = []
    for line in text.splitlines():
        with suppress(ValueError):
            values = json.loads(line)
            found += [values] if isinstance(values, dict) else []
    return found


def _ends_with_line_feed(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if not size:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
