"""Clients that submit, cancel, remove and download during a storm, and retry every failure.

The ledger records what the server acknowledged; the audit compares it with the outcome.
"""

import json
import random
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import requests

from ffremote.clock import monotonic
from tests.chaos.downloads import Downloads
from tests.chaos.kinds import KINDS, drawn

TIMEOUT = 10
FINISH_SECONDS = 45.0  # uploads that jobs wait for are also finished after the storm
TUS = {"Tus-Resumable": "1.0.0"}
CROWD = 24


@dataclass(slots=True)
class Ledger:
    """What the server acknowledged, and what clients observed."""

    downloads: Downloads
    crowd: int = CROWD
    """Clients wait while this many jobs are unfinished."""
    accepted: dict[str, str] = field(default_factory=dict)  # id -> idempotency key
    canceled: set[str] = field(default_factory=set)
    stopped_uploads: set[str] = field(default_factory=set)  # of jobs canceled during their upload
    streamed: set[str] = field(default_factory=set)  # jobs that may begin while their film arrives
    begun: set[str] = field(default_factory=set)  # those of which this was seen
    abandoned: set[str] = field(default_factory=set)  # jobs whose upload was removed before its end
    refusals: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refuse(self, code: str) -> None:
        """Count an error response."""
        with self.lock:
            self.refusals[code] += 1


class Served(Protocol):
    """What clients know of the service."""

    @property
    def url(self) -> str:
        """The base URL of the API."""


class Client(threading.Thread):
    """One client with its own seed and jobs."""

    def __init__(
        self, estate: Served, ledger: Ledger, clip: Path, *, seed: int, over: threading.Event
    ) -> None:
        super().__init__(name=f"client {seed}", daemon=True)
        self._url = estate.url
        self._downloads = ledger.downloads
        self._ledger = ledger
        self._clip = clip.read_bytes()
        self._draw = random.Random(seed)
        self._over = over
        self._mine: list[str] = []
        self._pause = threading.Event()  # never set: a wait that nothing ends early
        self.error: BaseException | None = None
        self.finish_seconds = FINISH_SECONDS

    def run(self) -> None:
        """Run until the storm is over; an exception of the client itself is kept for the audit."""
        try:
            while not self._over.wait(self._draw.uniform(0.02, 0.3)):
                self._turn()
        except BaseException as exc:
            self.error = exc

    def _turn(self) -> None:
        actions = {
            self._submit: 12,
            self._send_in_parts: 5,
            self._cancel: 1,
            self._download: 8,
            self._download_files: 4,
            self._remove_result: 1,
        }
        [action] = self._draw.choices(list(actions), list(actions.values()))
        action()

    def _submit(self) -> None:
        if self._is_crowded():
            return
        job = drawn(self._draw) | {"priority": self._draw.choice((0, 0, 0, 5, -5))}
        key = str(uuid.uuid4())
        while not self._over.is_set():
            response = self._ask(
                "POST",
                "/jobs",
                files=[
                    *[("file", ("clip.mp4", self._clip))] * len(job.get("inputs", [0])),
                    ("job", (None, json.dumps(job))),
                ],
                headers={"Idempotency-Key": key},
            )
            if response is not None and response.status_code == 202:
                job_id = response.json()["job_id"]
                with self._ledger.lock:
                    self._ledger.accepted[job_id] = key
                self._mine.append(job_id)
                return
            self._over.wait(self._draw.uniform(0.1, 0.5))

    def _send_in_parts(self) -> None:
        """Submit a job with one or two resumable uploads; finish them, or cancel it meanwhile."""
        if self._is_crowded():
            return
        announced = [self._announce() for _ in range(self._draw.choice((1, 2)))]
        upload_ids = [upload_id for upload_id in announced if upload_id is not None]
        if len(upload_ids) < len(announced):
            return
        key = str(uuid.uuid4())
        inputs = [{"upload_id": upload_id} for upload_id in upload_ids]
        job = KINDS["copy" if len(inputs) == 1 else "join"] | {"inputs": inputs}
        job_id = self._accepted(job, key)
        if job_id is None:
            return
        half = len(self._clip) // 2
        for upload_id in upload_ids:
            self._append(upload_id, 0, half)
        if self._draw.random() < 0.5:
            self._stop_uploads(job_id, upload_ids)
        else:
            self._mine.append(job_id)
            for upload_id in upload_ids:
                self._finish_upload(upload_id)

    def _accepted(self, job: dict[str, Any], key: str) -> str | None:
        """Submit a job for uploads; ask again until the server answers: it may have stored it."""
        for _ in self._tries():
            response = self._ask("POST", "/jobs", json=job, headers={"Idempotency-Key": key})
            if response is not None and response.status_code == 202:
                job_id = str(response.json()["job_id"])
                with self._ledger.lock:
                    self._ledger.accepted[job_id] = key
                return job_id
            if response is not None and response.status_code < 429:
                return None
        return None

    def _tries(self) -> Iterator[None]:
        """Yield until the storm is over, and for some time more, with pauses between."""
        end: float | None = None
        while end is None or monotonic() < end:
            if end is None and self._over.is_set():
                end = monotonic() + self.finish_seconds
            yield
            self._pause.wait(self._draw.uniform(0.05, 0.3))

    def _announce(self) -> str | None:
        headers = TUS | {"Upload-Length": str(len(self._clip))}
        response = self._ask("POST", "/uploads", headers=headers, expected=(201,))
        if response is None or response.status_code != 201:
            return None
        return str(response.headers["Location"].rpartition("/")[2])

    def _append(self, upload_id: str, start: int, end: int | None) -> requests.Response | None:
        headers = TUS | {
            "Upload-Offset": str(start),
            "Content-Type": "application/offset+octet-stream",
        }
        data = self._clip[start:end]
        path = f"/uploads/{upload_id}"
        return self._ask("PATCH", path, headers=headers, data=data, expected=(204,))

    def _stop_uploads(self, job_id: str, upload_ids: list[str]) -> None:
        """Cancel the job; ask again until the server answers, since nothing else would end it."""
        for _ in self._tries():
            response = self._ask("DELETE", f"/jobs/{job_id}", expected=(202, 409))
            if response is not None and response.status_code == 202:
                with self._ledger.lock:
                    self._ledger.canceled.add(job_id)
                    self._ledger.stopped_uploads.update(upload_ids)
            if response is not None and response.status_code in (202, 409):
                return

    def _finish_upload(self, upload_id: str) -> None:
        """Resume the upload from the server's offset until it is complete."""
        for _ in self._tries():
            status = self._ask("HEAD", f"/uploads/{upload_id}", headers=TUS)
            if status is not None and status.status_code in (404, 410):
                return
            if status is not None and status.status_code == 200:
                offset = int(status.headers["Upload-Offset"])
                if offset == len(self._clip):
                    return
                self._append(upload_id, offset, None)

    def _remove_result(self) -> None:
        if self._mine:
            self._ask(
                "DELETE", f"/jobs/{self._draw.choice(self._mine)}/result", expected=(204, 409)
            )

    def _cancel(self) -> None:
        if not self._mine:
            return
        job_id = self._draw.choice(self._mine[-6:])
        response = self._ask("DELETE", f"/jobs/{job_id}", expected=(202, 409))
        if response is not None and response.status_code == 202:
            with self._ledger.lock:
                self._ledger.canceled.add(job_id)

    def _download(self) -> None:
        """Get the result of a completed job, or the archive of its files."""
        if completed := self._downloads.completed():
            self._downloads.compare_result(self._draw.choice(completed))

    def _download_files(self) -> None:
        """Get files of a completed job."""
        if completed := self._downloads.completed():
            self._downloads.compare_files(self._draw.choice(completed), most=3)

    def _is_crowded(self) -> bool:
        responses = [self._ask("GET", f"/jobs?state={s}&limit=1") for s in ("queued", "running")]
        if any(response is None or response.status_code != 200 for response in responses):
            return True
        under_way = sum(
            int(response.json()["total"]) for response in responses if response is not None
        )
        return under_way >= self._ledger.crowd

    def _ask(
        self, verb: str, path: str, *, expected: tuple[int, ...] = (200, 202), **more: Any
    ) -> requests.Response | None:
        """Send one request; return None if there was no complete response."""
        try:
            response = requests.request(verb, self._url + path, timeout=TIMEOUT, **more)
        except requests.RequestException:
            self._ledger.refuse("no answer")
            return None
        if response.status_code not in expected:
            self._ledger.refuse(_code_of(response))
        return response


def _code_of(response: requests.Response) -> str:
    """Return the code of the error; a response to HEAD has no body."""
    return str(response.json()["error"]["code"]) if response.content else str(response.status_code)
