"""The upload of one input with its job by tus, resumed after a break, also by a later process."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from ...errors import LocalFileProblem, Refused
from ..http import HttpSession
from ..models import Accepted
from .source import SourceFile
from .transfer import Submission, Transfer
from .tus_requests import create_upload, delete_upload, send_bytes, settled_offset
from .upload_state import UploadRecord, UploadStateStore, key_of_source


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
        return self._send_from(
            record, settled_offset(self._http, record.upload_url, self._transfer)
        )

    def give_up(self) -> None:
        """Delete the upload, here and on the server."""
        self._store.drop(self._key)
        self.lock.close()
        if self._record is not None:
            delete_upload(self._http, self._record.upload_url)

    def _send_from(self, record: UploadRecord, offset: int) -> Accepted:
        self._record = record
        self._on_accepted(record.job_id)
        try:
            send_bytes(self._http, record.upload_url, self._source, offset, self._transfer)
        except Refused as exc:
            if not exc.is_passing:
                self._store.drop(self._key)
            raise
        except LocalFileProblem:
            if self._source.has_changed() and self._source.order:
                self.give_up()  # what was sent has the index of another file
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
            offset = settled_offset(self._http, record.upload_url, self._transfer)
        except Refused as exc:
            if exc.is_passing:
                raise  # it is still there: another upload would make the job twice
            status, offset = {}, 0
        if status.get("state") in (None, "failed", "canceled"):
            self._store.drop(self._key)
            return None
        return record, offset

    def _create(self, submission: Submission) -> UploadRecord:
        url, response = create_upload(
            self._http,
            self._source,
            job=submission.job,
            idempotency_key=submission.idempotency_key,
        )
        record = UploadRecord(
            url,
            response["job_id"],
            film=self._source.location,
            size=self._source.size,
            mtime_ns=self._source.mtime_ns,
            order=self._source.order,
        )
        self._store.put(self._key, record)
        return record
