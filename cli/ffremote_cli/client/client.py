"""The library: everything that an ffremote server can do, as typed calls.

from ffremote_cli import Client

with Client("http://127.0.0.1:8080") as client:
    job = client.submit("in.mp4", {"output_filename": "out.mp4", "video": {"crf": 23}})
    for status in client.follow(job.job_id):
        print(status.state, status.percent)
    client.download(job.job_id, "out.mp4")
"""

import json
import os
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from ..errors import Misused, Refused
from .http import BLOCK, HttpSession
from .models import Accepted, Downloaded, JobPage, Status
from .poll import follow, require_completed
from .retry import OnBreak, RetryPolicy
from .server_info import AboutServer
from .transfer import download as downloading
from .transfer.overwrite_guard import Sources
from .transfer.source import OnBytes
from .transfer.upload import Uploader
from .transfer.upload_state import UploadStateStore

DEFAULT_SERVER = "http://127.0.0.1:8080"
PATIENCE_SECONDS = 60.0

PathLike = str | os.PathLike[str]


def _silent(*_: object) -> None:
    """Nobody wants to hear of progress."""


class Client(AboutServer):
    """One server; safe to use from several threads.

    Raises the errors of `ffremote_cli.errors`. Setting `stop` ends every wait and transfer with
    `Stopped`. With a `state_folder`, an upload that a crash ended is resumed by the same call in
    another process. `on_warning` gets a sentence for each thing that does not stop the work.
    """

    def __init__(
        self,
        server: str = DEFAULT_SERVER,
        *,
        token: str | None = None,
        poll_interval: float = 1.0,
        patience_seconds: float = PATIENCE_SECONDS,
        stop: threading.Event | None = None,
        state_folder: Path | None = None,
        on_warning: Callable[[str], None] = _silent,
    ) -> None:
        super().__init__(HttpSession(server, token))
        self.warn = on_warning
        self._poll_interval = poll_interval
        self._patience_seconds = patience_seconds
        self.stop = stop or threading.Event()
        records = UploadStateStore(state_folder / "uploads" if state_folder else None, on_warning)
        self._uploader = Uploader(self._wire, records, self.stop, on_warning)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The server's API, such as `http://127.0.0.1:8080/api/v1`."""
        return self._wire.url

    def close(self) -> None:
        """Close the connections; the client may be used again."""
        self._wire.close()

    def submit(
        self,
        film: PathLike,
        job: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        on_bytes: OnBytes = _silent,
        on_accepted: Callable[[str], None] = _silent,
        on_break: OnBreak = _silent,
    ) -> Accepted:
        """Upload the film and queue the job.

        `on_bytes` gets how many bytes went out and how many there are, `on_accepted` the job's
        id: for a large film, that is before its bytes. `on_break` gets each error that is waited
        for.
        """
        return self._uploader.submit(
            Path(film),
            _text_of(job),
            idempotency_key=idempotency_key or str(uuid.uuid4()),
            retry=self._patience(on_break),
            on_bytes=on_bytes,
            on_accepted=on_accepted,
        )

    def resume_upload(
        self, job_id: str, *, on_bytes: OnBytes = _silent, on_break: OnBreak = _silent
    ) -> bool:
        """Go on with a job's upload that a crash ended here; return whether there was one.

        There is none that was begun elsewhere, or that another process on this machine is at.
        """
        return self._uploader.resume(job_id, retry=self._patience(on_break), on_bytes=on_bytes)

    def dry_run(self, job: Mapping[str, Any]) -> Mapping[str, Any]:
        """The command that the job would run, or the refusal that it would get."""
        return self._wire.json("POST", "/jobs", params={"dry_run": 1}, json=job)

    def status(self, job_id: str) -> Status:
        """How far the job is."""
        return Status.from_json(self._wire.json("GET", f"/jobs/{job_id}/status"))

    def job(self, job_id: str) -> Mapping[str, Any]:
        """The whole job: spec, command, media facts, timings."""
        return self._wire.json("GET", f"/jobs/{job_id}")

    def jobs(
        self,
        *,
        states: Sequence[str] = (),
        limit: int = 50,
        cursor: str | None = None,
        labels: Sequence[str] = (),
    ) -> JobPage:
        """A page of the jobs, newest first; `next_cursor` leads to the next."""
        query: dict[str, Any] = {"state": list(states), "limit": limit, "label": list(labels)}
        if cursor is not None:
            query["cursor"] = cursor
        return JobPage.from_json(self._wire.json("GET", "/jobs", params=query))

    def follow(self, job_id: str, *, on_break: OnBreak = _silent) -> Iterator[Status]:
        """Yield the job's statuses until it is final; waits for a server that restarts."""
        return follow(
            lambda: self.status(job_id),
            interval=self._poll_interval,
            retry=self._patience(on_break),
        )

    def wait(
        self, job_id: str, *, on_status: Callable[[Status], None] = _silent
    ) -> Mapping[str, Any]:
        """Return the whole job once it is completed; raises JobFailed or JobCanceled."""
        last = None
        for last in self.follow(job_id):
            on_status(last)
        assert last is not None  # follow() yields the final status or raises
        require_completed(last)
        return self.job(job_id)

    def download(
        self,
        job_id: str,
        target: PathLike,
        *,
        overwrite: bool = False,
        sources: Sources | None = None,
        on_bytes: OnBytes = _silent,
        on_break: OnBreak = _silent,
    ) -> Downloaded:
        """Bring the result here; what an earlier, broken download brought is not brought again.

        A `target` that is one of `sources` is refused, with `overwrite` too.
        """
        return downloading.download(
            self._wire,
            job_id,
            Path(target),
            overwrite=overwrite,
            sources=sources or Sources(),
            retry=self._patience(on_break),
            stop=self.stop.is_set,
            on_bytes=on_bytes,
        )

    def result_name(self, job_id: str) -> str | None:
        """The file name under which the server offers the result."""
        with downloading.peek(self._wire, job_id) as answer:
            return downloading.offered_name(answer)

    def cancel(self, job_id: str, *, answer_seconds: float = 60.0) -> Mapping[str, Any]:
        """Ask the server to stop the job; what it has made, or got from us, is thrown away."""
        said = self._wire.json("DELETE", f"/jobs/{job_id}", answer_seconds=answer_seconds)
        self._uploader.abandon(job_id)
        return said

    def delete_result(self, job_id: str) -> None:
        """Remove the job's files from the server now."""
        self._wire.call("DELETE", f"/jobs/{job_id}/result")

    def log(self, job_id: str, *, start: int = 0) -> Iterator[bytes]:
        """The job's log from byte `start` on, as far as it is written."""
        headers = {"Range": f"bytes={start}-"} if start else {}
        try:
            answer = self._wire.call("GET", f"/jobs/{job_id}/log", headers=headers, stream=True)
        except Refused as exc:
            if exc.status == 416:  # nothing was written since
                return
            raise
        with answer:
            yield from answer.iter_content(BLOCK)

    def _patience(self, on_break: OnBreak) -> RetryPolicy:
        return RetryPolicy(self._patience_seconds, self.stop, on_break)


def _text_of(job: Mapping[str, Any]) -> str:
    """The job as JSON; raises Misused for a byte of the command line that is not UTF-8."""
    text = json.dumps(job, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        odd = text[max(0, exc.start - 20) : exc.end].encode("utf-8", "backslashreplace").decode()
        raise Misused(
            f"a value of the job is not text in UTF-8: …{odd}", hint="file names alone may be so"
        ) from exc
    return text
