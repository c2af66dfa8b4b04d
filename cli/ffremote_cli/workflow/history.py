"""The jobs that this machine submitted: resolves `last` and the beginnings of ids."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KEPT_LINES = 1000
"""A file of twice as many lines is cut to the newest of them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A submitted job, with absolute paths of its inputs and output."""

    job_id: str
    server: str
    input: str
    output: str | None
    created_at: str
    further: Sequence[str] = ()
    """The inputs after the first one."""

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The paths of all inputs."""
        return tuple(map(Path, (self.input, *self.further))) if self.input else ()

    def to_json(self) -> dict[str, Any]:
        """Return the line of the file; without `further` an older client reads it, too."""
        fields = asdict(self)
        if not self.further:
            del fields["further"]
        return fields


class History:
    """A file with a JSON object per line, newest last; invalid lines are ignored."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "history.jsonl"

    def add(
        self,
        *,
        job_id: str,
        server: str,
        path: Path | None,
        output: Path | None,
        further: Sequence[Path] = (),
    ) -> None:
        """Record a job, unless it is the newest already, as with a resumed upload.

        `path` is None for a job without inputs, `further` are the inputs after the first one.
        Raises OSError if the file cannot be written.
        """
        newest = next(self.newest(server), None)
        if newest is not None and newest.job_id == job_id:
            return
        entry = Entry(
            job_id=job_id,
            server=server,
            input="" if path is None else str(path.resolve()),
            output=None if output is None else str(output.resolve()),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            further=[str(each.resolve()) for each in further],
        )
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # One short write in append mode, so that lines of several processes do not mix.
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry.to_json()) + "\n")
        self._cut()

    def newest(self, server: str | None = None) -> Iterator[Entry]:
        """Yield the jobs on this server, or on all servers, newest first."""
        for line in reversed(self._lines()):
            try:
                entry = Entry(**json.loads(line))
            except (ValueError, TypeError):
                continue
            if server in (None, entry.server):
                yield entry

    def by_job_id(self, server: str) -> dict[str, Entry]:
        """Return the jobs on this server by their ids."""
        return {entry.job_id: entry for entry in self.newest(server)}

    def _cut(self) -> None:
        lines = self._lines()
        if len(lines) > 2 * KEPT_LINES:
            fresh = self._path.with_suffix(".new")
            fresh.write_text("\n".join(lines[-KEPT_LINES:]) + "\n", encoding="utf-8")
            fresh.replace(self._path)

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []
