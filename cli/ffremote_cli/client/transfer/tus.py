"""Uploads by tus 1.0.0: in pieces, resumed after a break, also by a later process."""

import base64
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

import requests

from ...errors import Refused, Unreachable
from ...file_names import server_label
from ..http import HttpSession
from ..models import Accepted
from .source import SourceFile, SourceSlice
from .transfer import Submission, Transfer
from .upload_state import UploadRecord, UploadStateStore, key_of_source

PIECE_BYTES = 64 << 20
ANSWER_SECONDS = 600.0
_VERSION = {"Tus-Resumable": "1.0.0"}


def max_upload_bytes(http: HttpSession) -> int | None:
    """Return the largest upload that the server accepts by tus; None if it does not support tus."""
    try:
        headers = http.call("OPTIONS", "/uploads").headers
    except Unreachable:  # a proxy that blocks OPTIONS
        return None
    except Refused as exc:
        if exc.status in (404, 405, 501):
            return None
        raise
    if "creation" not in headers.get("Tus-Extension", ""):
        return None
    largest = headers.get("Tus-Max-Size", "")
    return int(largest) if largest.isdigit() else 1 << 62


class ResumableUpload:
    """The upload of one input for one job.

    The caller holds the lock of `key` in the store.
    """

    def __init__(
        self,
        http: HttpSession,
        source: SourceFile,
        key: str,
        *,
        store: UploadStateStore,
        transfer: Transfer,
        on_accepted: Callable[[str], None],
    ) -> None:
        self._http = http
        self._source = source
        self._key = key
        self._store = store
        self._transfer = transfer
        self._on_accepted = on_accepted
        self._record: UploadRecord | None = None
        self.lock = ExitStack()
        """Holds the lock of `key` after Ctrl-C, until give_up() has deleted the upload."""

    def send(self, submission: Submission) -> Accepted:
        """Upload the missing bytes; return the job, which is queued before the first byte."""
        found = self._find_earlier()
        record, offset = found or (self._create(submission), 0)
        return self._send_from(record, offset)

    def resume(self, record: UploadRecord) -> Accepted:
        """Continue the upload that an earlier process began."""
        return self._send_from(record, self._offset(record))

    def give_up(self) -> None:
        """Delete the upload, here and on the server."""
        self._store.drop(self._key)
        self.lock.close()
        if self._record is not None:
            self._http.call("DELETE", self._record.upload_url, headers=_VERSION, answer_seconds=5.0)

    def _send_from(self, record: UploadRecord, offset: int) -> Accepted:
        self._record = record
        self._on_accepted(record.job_id)
        self._transfer.report_sent(offset, self._source.size)
        try:
            while offset < self._source.size:
                offset = self._send_piece(record, offset)
        except Refused as exc:
            if not exc.is_passing:
                self._store.drop(self._key)
            raise
        self._store.drop(self._key)
        # Without its path the record is not found by job id: there is nothing left to resume.
        complete = replace(record, film="")
        self._store.put(key_of_source(self._http.url, self._source), complete)
        return Accepted.from_json({"job_id": record.job_id, "state": "queued"})

    def _find_earlier(self) -> tuple[UploadRecord, int] | None:
        """Return the upload of an earlier run with its offset, unless its job is gone or final."""
        record = self._store.find(self._key)
        if record is None:
            return None
        try:
            status = self._http.json("GET", f"/jobs/{record.job_id}/status")
            offset = self._offset(record)
        except Refused:
            status, offset = {}, 0
        if status.get("state") in (None, "failed", "canceled"):
            self._store.drop(self._key)
            return None
        return record, offset

    def _create(self, submission: Submission) -> UploadRecord:
        name = server_label(self._source.path.name).encode()
        job = submission.job.encode()
        response = self._http.call(
            "POST",
            "/uploads",
            headers={
                **_VERSION,
                "Upload-Length": str(self._source.size),
                "Upload-Metadata": f"filename {_base64(name)},job {_base64(job)}",
                "Idempotency-Key": submission.idempotency_key,
            },
        )
        record = UploadRecord(
            requests.compat.urljoin(self._http.url, response.headers["Location"]),
            response.json()["job_id"],
            film=str(self._source.path.resolve()),
            size=self._source.size,
            mtime_ns=self._source.mtime_ns,
        )
        self._store.put(self._key, record)
        return record

    def _send_piece(self, record: UploadRecord, offset: int) -> int:
        """Send one piece; return the server's new offset, also after a break."""
        length = min(PIECE_BYTES, self._source.size - offset)
        body = SourceSlice(self._source, offset, length, self._transfer.report_sent)
        headers = {
            **_VERSION,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        try:
            self._http.call(
                "PATCH",
                record.upload_url,
                data=body,
                headers=headers,
                answer_seconds=ANSWER_SECONDS,
            )
        except (Unreachable, Refused) as exc:
            return self._offset_after(exc, record)
        self._transfer.retry.reset()
        return offset + length

    def _offset_after(self, error: Unreachable | Refused, record: UploadRecord) -> int:
        """Back off and ask for the offset; a conflict means that the server has another one."""
        while True:
            if isinstance(error, Refused) and error.code == "UPLOAD_CONFLICT":
                error = Unreachable(error.message, hint=error.hint)
            self._transfer.retry.backoff(error)
            try:
                return self._offset(record)
            except (Unreachable, Refused) as exc:
                error = exc

    def _offset(self, record: UploadRecord) -> int:
        response = self._http.call("GET", record.upload_url, headers=_VERSION)
        text = response.headers.get("Upload-Offset", "")
        if not re.fullmatch(r"[0-9]+", text):
            raise Unreachable("the server sent no valid Upload-Offset for the upload")
        return int(text)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
