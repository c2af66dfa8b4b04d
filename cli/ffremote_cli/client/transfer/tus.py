"""An upload by tus 1.0.0: in pieces, resumed after a break, also by another run of ours."""

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
from ..retry import RetryPolicy
from .source import OnBytes, SourceFile, SourceSlice
from .upload_state import UploadRecord, UploadStateStore, key_of_film

PIECE_BYTES = 64 << 20
ANSWER_SECONDS = 600.0
_VERSION = {"Tus-Resumable": "1.0.0"}


def offers(wire: HttpSession) -> int | None:
    """How many bytes the server takes by tus; None when it does not speak it."""
    try:
        said = wire.call("OPTIONS", "/uploads").headers
    except Unreachable:  # a proxy that does not let OPTIONS through
        return None
    except Refused as exc:
        if exc.status in (404, 405, 501):
            return None
        raise
    if "creation" not in said.get("Tus-Extension", ""):
        return None
    largest = said.get("Tus-Max-Size", "")
    return int(largest) if largest.isdigit() else 1 << 62


class ResumableUpload:
    """One film with its job on the way to the server."""

    def __init__(
        self,
        wire: HttpSession,
        film: SourceFile,
        key: str,
        *,
        records: UploadStateStore,
        retry: RetryPolicy,
        on_bytes: OnBytes,
        on_accepted: Callable[[str], None],
    ) -> None:
        self._wire, self._film, self._key = wire, film, key
        self._records, self._patience = records, retry
        self._on_bytes, self._on_accepted = on_bytes, on_accepted
        self._record: UploadRecord | None = None
        self.lock = ExitStack()
        """What holds the upload after Ctrl-C, until give_up() has forgotten it."""

    def send(self, job: str, idempotency_key: str) -> Accepted:
        """Upload what is missing; return the job, which was queued before the first byte.

        The caller holds the upload's record.
        """
        found = self._earlier()
        record, offset = found or (self._create(job, idempotency_key), 0)
        return self._go_on(record, offset)

    def resume(self, record: UploadRecord) -> Accepted:
        """Go on with what another run began."""
        return self._go_on(record, self._offset(record))

    def _go_on(self, record: UploadRecord, offset: int) -> Accepted:
        self._record = record
        self._on_accepted(record.job_id)
        self._on_bytes(offset, self._film.size)
        try:
            while offset < self._film.size:
                offset = self._piece(record, offset)
        except Refused as exc:
            if not exc.is_passing:
                self._records.drop(self._key)
            raise
        self._records.drop(self._key)
        whole = replace(record, film="")  # by its job there is nothing to go on with
        self._records.keep(key_of_film(self._wire.url, self._film), whole)
        return Accepted.from_json({"job_id": record.job_id, "state": "queued"})

    def give_up(self) -> None:
        """Forget the upload here and on the server."""
        self._records.drop(self._key)
        self.lock.close()
        if self._record is not None:
            self._wire.call("DELETE", self._record.upload_url, headers=_VERSION, answer_seconds=5.0)

    def _earlier(self) -> tuple[UploadRecord, int] | None:
        record = self._records.find(self._key)
        if record is None:
            return None
        try:
            said = self._wire.json("GET", f"/jobs/{record.job_id}/status")
            offset = self._offset(record)
        except Refused:
            said, offset = {}, 0
        if said.get("state") in (None, "failed", "canceled"):
            self._records.drop(self._key)
            return None
        return record, offset

    def _create(self, job: str, idempotency_key: str) -> UploadRecord:
        name = server_label(self._film.path.name).encode()
        response = self._wire.call(
            "POST",
            "/uploads",
            headers={
                **_VERSION,
                "Upload-Length": str(self._film.size),
                "Upload-Metadata": f"filename {_base64(name)},job {_base64(job.encode())}",
                "Idempotency-Key": idempotency_key,
            },
        )
        place = requests.compat.urljoin(self._wire.url, response.headers["Location"])
        record = UploadRecord(
            place,
            response.json()["job_id"],
            film=str(self._film.path.resolve()),
            size=self._film.size,
            mtime_ns=self._film.mtime_ns,
        )
        self._records.keep(self._key, record)
        return record

    def _piece(self, record: UploadRecord, offset: int) -> int:
        """Send one piece; return how far the server is then, also after a break."""
        length = min(PIECE_BYTES, self._film.size - offset)
        body = SourceSlice(self._film, offset, length, self._on_bytes)
        headers = {
            **_VERSION,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        try:
            self._wire.call(
                "PATCH",
                record.upload_url,
                data=body,
                headers=headers,
                answer_seconds=ANSWER_SECONDS,
            )
        except (Unreachable, Refused) as exc:
            return self._after_break(record, exc)
        self._patience.renew()
        return offset + length

    def _after_break(self, record: UploadRecord, error: Unreachable | Refused) -> int:
        """Wait for the server; a conflict means that it has another offset than we thought."""
        while True:
            if not (isinstance(error, Refused) and error.code == "UPLOAD_CONFLICT"):
                self._patience.wait(error)
            else:
                self._patience.wait(Unreachable(error.message, hint=error.hint))
            try:
                return self._offset(record)
            except (Unreachable, Refused) as exc:
                error = exc

    def _offset(self, record: UploadRecord) -> int:
        response = self._wire.call("GET", record.upload_url, headers=_VERSION)
        text = response.headers.get("Upload-Offset", "")
        if not re.fullmatch(r"[0-9]+", text):
            raise Unreachable("the server does not say how far the upload is")
        return int(text)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
