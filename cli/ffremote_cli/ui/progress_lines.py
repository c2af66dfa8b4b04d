"""Progress on stderr as lines, for logs and for programs: text, or a JSON object a line."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from ..client.models import Status
from ..formatting import human_bytes, one_line
from .progress_bars import pace_of

PAUSE_SECONDS = 10.0
"""Between two lines on the same step of the same input."""


class ProgressLines:
    """What several inputs write their lines to."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is left to be taken away."""

    def view(self, name: str) -> "JobLines":
        """The lines of one input."""
        return JobLines(name, as_json=self.as_json)

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Lines are never in the way."""
        yield


class JobLines:
    """Writes a line when a step begins, when it ends, and now and then in between."""

    def __init__(self, name: str, *, as_json: bool) -> None:
        self._name = name
        self._as_json = as_json
        self._job_id: str | None = None
        self._step = ""
        self._last = 0.0

    def accepted(self, job_id: str) -> None:
        """The server has the job."""
        self._job_id = job_id
        self._write("accepted", f"job {job_id}", {})

    def note(self, text: str) -> None:
        """What holds the work up."""
        self._write(f"note {text}", text, {"note": text})

    def sent(self, have: int, total: int | None) -> None:
        """That many bytes of the film went out."""
        self._bytes("upload", have, total)

    def received(self, have: int, total: int | None) -> None:
        """That many bytes of the result are here."""
        self._bytes("download", have, total)

    def status(self, status: Status) -> None:
        """What the server says of the job."""
        if status.upload is not None:
            self._bytes("upload", status.upload.bytes_received, status.upload.bytes)
            return
        words = [status.state]
        if status.state == "queued" and status.queue_position:
            words.append(f"{status.queue_position} in the queue")
        if status.state == "running":
            words += [status.phase or "", f"{status.percent} %", pace_of(status)]
        facts = {
            "state": status.state,
            "phase": status.phase,
            "percent": status.percent,
            "queue_position": status.queue_position,
            "fps": status.fps,
            "speed": status.speed,
            "eta_seconds": status.eta_seconds,
        }
        step = f"{status.state} {status.phase} {status.queue_position}"
        self._write(step, " ".join(word for word in words if word), facts)

    def close(self) -> None:
        """The work has ended; what came of it is told elsewhere."""

    def _bytes(self, step: str, have: int, total: int | None) -> None:
        text = f"{step} {human_bytes(have)}"
        if total:
            text = f"{step} {100 * have // total} % of {human_bytes(total)}"
        ended = " ended" if have == total else ""
        self._write(step + ended, text, {"state": step, "bytes": have, "total": total})

    def _write(self, step: str, text: str, facts: dict[str, Any]) -> None:
        now = time.monotonic()
        if step == self._step and now - self._last < PAUSE_SECONDS:
            return
        self._step, self._last = step, now
        if self._as_json:
            said = {"input": self._name, "job_id": self._job_id, **facts}
            line = json.dumps(said)  # in ASCII: a name may hold bytes that are no UTF-8
        else:
            line = f"{one_line(self._name)}: {one_line(text)}"
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
