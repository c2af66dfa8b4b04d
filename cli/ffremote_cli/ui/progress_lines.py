"""Progress as lines on stderr, for logs and programs: text, or a JSON object per line."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from ..client.models import Status
from ..formatting import human_bytes, one_line
from .words import pace_of

PAUSE_SECONDS = 10.0
"""Between two lines on the same step of one input."""


class ProgressLines:
    """The lines of all inputs; the counterpart of ProgressDisplay."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to remove from the terminal."""

    def view(self, name: str) -> "JobLines":
        """Return the view of one input."""
        return JobLines(name, as_json=self.as_json)

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Do nothing: lines are not torn by other output."""
        yield


class JobLines:
    """Writes a line when a step begins, every PAUSE_SECONDS while it lasts, and when it ends."""

    def __init__(self, name: str, *, as_json: bool) -> None:
        self._name = name
        self._as_json = as_json
        self._job_id: str | None = None
        self._written: dict[str, tuple[str, float]] = {}
        """The step and time of the last line on each file; that on the whole job is under ""."""

    def accepted(self, job_id: str) -> None:
        """Write the id of the created job."""
        self._job_id = job_id
        self._write("accepted", f"job {job_id}", {})

    def note(self, text: str) -> None:
        """Write why the work waits."""
        self._write(f"note {text}", text, {"note": text})

    def sent(self, done: int, total: int | None) -> None:
        """Write the progress of the upload."""
        self._bytes("upload", done, total)

    def sent_input(self, path: Path, done: int, total: int) -> None:
        """Write the progress of one of several inputs."""
        self._bytes("upload", done, total, file=str(path))

    def received(self, done: int, total: int | None) -> None:
        """Write the progress of the download."""
        self._bytes("download", done, total)

    def status(self, status: Status) -> None:
        """Write the state of the job."""
        if status.upload is not None:
            self._bytes("upload", status.upload.bytes_received, status.upload.bytes)
            if status.state != "running":
                return
        words = [status.state]
        if status.state == "queued" and status.queue_position:
            words.append(f"{status.queue_position} in the queue")
        if status.state == "running":
            words += [status.phase or "", f"{status.percent} %", pace_of(status)]
        values = {
            "state": status.state,
            "phase": status.phase,
            "percent": status.percent,
            "queue_position": status.queue_position,
            "fps": status.fps,
            "speed": status.speed,
            "eta_seconds": status.eta_seconds,
        }
        step = f"{status.state} {status.phase} {status.queue_position}"
        early = " early" if status.upload is not None else ""  # beside the lines of the upload
        self._write(step, " ".join(word for word in words if word), values, key=early)

    def close(self) -> None:
        """Write nothing: the command prints the outcome."""

    def _bytes(self, step: str, done: int, total: int | None, *, file: str = "") -> None:
        text = f"{step} {human_bytes(done)}"
        if total:
            text = f"{step} {100 * done // total} % of {human_bytes(total)}"
        ended = " ended" if done == total else ""
        values: dict[str, Any] = {"file": file} if file else {}
        values |= {"state": step, "bytes": done, "total": total}
        self._write(step + ended, f"{file} {text}".lstrip(), values, key=file)

    def _write(self, step: str, text: str, values: dict[str, Any], *, key: str = "") -> None:
        now = time.monotonic()
        last_step, last_time = self._written.get(key, ("", 0.0))
        if step == last_step and now - last_time < PAUSE_SECONDS:
            return
        self._written[key] = step, now
        if self._as_json:
            fields = {"input": self._name, "job_id": self._job_id, **values}
            line = json.dumps(fields)  # in ASCII: a name may hold bytes that are not UTF-8
        else:
            line = f"{one_line(self._name)}: {one_line(text)}"
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
