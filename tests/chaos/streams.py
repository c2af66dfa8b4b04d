"""Clients of a storm whose jobs begin while their input arrives, slowly and in pieces.

Connections break within pieces, some uploads are removed and some jobs canceled on the way.
"""

import base64
import hashlib
import json
import uuid
from typing import Any

import requests

from tests.chaos.clients import TUS, Client
from tests.chaos.kinds import COPY, FAST

FRAMES = {"output_filename": "frames.txt", "container": "framemd5"}
"""Its result is the same for the same film, byte by byte, however it arrived."""
KINDS: tuple[dict[str, Any], ...] = (
    FRAMES,
    {"output_filename": "a.mkv", "video": FAST, "audio": {"codec": "flac"}},
    {"output_filename": "a.mkv", **COPY},
)
_PIECE_BYTES = (100_000, 500_000)
_PAUSE_SECONDS = (0.05, 0.6)


class _Breaking:
    """The body of a request whose connection breaks after a part of it."""

    def __init__(self, data: bytes, sent: int) -> None:
        self._data, self._left = data, sent

    def __len__(self) -> int:
        return len(self._data)

    def read(self, size: int) -> bytes:
        """Return the next bytes; raise ConnectionError at the break."""
        if not self._left:
            raise requests.ConnectionError("broken off")
        block = self._data[: min(size, self._left)]
        self._left -= len(block)
        self._data = self._data[len(block) :]
        return block


class StreamingClient(Client):
    """A client that only sends the film slowly, for jobs that read it meanwhile."""

    def _turn(self) -> None:
        upload_id = self._announce()
        job_id = None if upload_id is None else self._queue(upload_id)
        if upload_id is None or job_id is None:
            return
        with self._ledger.lock:
            self._ledger.streamed.add(job_id)
        [end] = self._draw.choices(("whole", "removed", "canceled"), (8, 1, 1))
        share = 1.0 if end == "whole" else self._draw.uniform(0.3, 0.9)
        self._send_slowly(job_id, upload_id, round(share * len(self._clip)))
        if end == "canceled":
            self._stop_uploads(job_id, [upload_id])
        elif end == "removed":
            self._remove(job_id, upload_id)
        else:
            self._mine.append(job_id)
            self._finish_upload(upload_id)
        self._await_end(job_id)

    def _queue(self, upload_id: str) -> str | None:
        """Queue a job; ask until the server answers, since a job that is stored waits for us."""
        job = self._draw.choices(KINDS, (4, 2, 1))[0] | {"input": {"upload_id": upload_id}}
        key = str(uuid.uuid4())
        for _ in self._tries():
            headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
            response = self._ask("POST", "/jobs", data=json.dumps(job), headers=headers)
            if response is not None and response.status_code == 202:
                job_id = str(response.json()["job_id"])
                with self._ledger.lock:
                    self._ledger.accepted[job_id] = key
                return job_id
            if response is not None and response.status_code == 404:
                return None  # the upload expired
        return None

    def _send_slowly(self, job_id: str, upload_id: str, until: int) -> None:
        """Send pieces up to an offset; what fails is found out by the next look at the offset."""
        while not self._over.wait(self._draw.uniform(*_PAUSE_SECONDS)):
            status = self._ask("HEAD", f"/uploads/{upload_id}", headers=TUS)
            if status is None or status.status_code != 200:
                if status is not None and status.status_code in (404, 410):
                    return  # its job has failed, or was canceled by another action
                continue
            self._look_at(job_id)
            offset = int(status.headers["Upload-Offset"])
            if offset >= until:
                return
            self._send_piece(
                upload_id, offset, min(until, offset + self._draw.randint(*_PIECE_BYTES))
            )

    def _look_at(self, job_id: str) -> bool:
        """Note it if the job is converted while its film arrives; return whether it has ended."""
        response = self._ask("GET", f"/jobs/{job_id}/status")
        if response is None or response.status_code != 200:
            return False
        status = response.json()
        if status["phase"] == "uploading+transcoding":
            with self._ledger.lock:
                self._ledger.begun.add(job_id)
        return bool(status["finished"])

    def _await_end(self, job_id: str) -> None:
        """Wait until the job has ended: jobs that are whole would go before the next one."""
        while not self._over.wait(self._draw.uniform(*_PAUSE_SECONDS)):
            if self._look_at(job_id):
                return

    def _send_piece(self, upload_id: str, start: int, end: int) -> None:
        data = self._clip[start:end]
        headers = TUS | {
            "Upload-Offset": str(start),
            "Content-Type": "application/offset+octet-stream",
        }
        if self._draw.random() < 0.4:
            digest = base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
            headers["Upload-Checksum"] = f"sha1 {digest}"
        breaks = self._draw.random() < 0.2
        body: Any = _Breaking(data, self._draw.randrange(len(data))) if breaks else data
        self._ask("PATCH", f"/uploads/{upload_id}", headers=headers, data=body, expected=(204,))

    def _remove(self, job_id: str, upload_id: str) -> None:
        """Remove the upload, which ends the job; ask again until the server answers."""
        for _ in self._tries():
            path = f"/uploads/{upload_id}"
            response = self._ask("DELETE", path, headers=TUS, expected=(204, 404, 410))
            if response is not None and response.status_code in (204, 404, 410):
                with self._ledger.lock:
                    self._ledger.abandoned.add(job_id)
                return
