"""The uploads of a job with several inputs by tus: in parallel, resumed also by a later process."""

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import ClientError, LocalFileProblem, Refused
from ..http import HttpSession
from ..models import Accepted
from .input_files import InputFiles
from .input_progress import InputProgress
from .job_inputs import is_about_upload, roles_of, with_uploads
from .job_upload_state import JobRecord, find_job, put_job
from .opening import open_input
from .parallel_uploads import Task, run_uploads
from .source import SourceFile
from .transfer import Submission, Transfer
from .tus_requests import create_upload, delete_upload, send_bytes, settled_offset
from .upload_state import UploadRecord, UploadStateStore, key_of_source


@dataclass(frozen=True, slots=True)
class JobKey:
    """Where a job's record is kept: the store, and the key whose lock the caller holds."""

    store: UploadStateStore
    name: str


class JobUploads:
    """The uploads of one job: created first, then the job on them, then the bytes."""

    def __init__(
        self,
        http: HttpSession,
        key: JobKey,
        transfer: Transfer,
        *,
        on_accepted: Callable[[str], None],
    ) -> None:
        self._http = http
        self._store = key.store
        self._key = key.name
        self._transfer = transfer
        self._on_accepted = on_accepted
        self._unfinished: set[str] = set()
        """URLs of uploads that have not all their bytes."""
        self.lock = ExitStack()
        """Holds the lock of the key after Ctrl-C, until give_up() has deleted the uploads."""

    def send(self, inputs: InputFiles, submission: Submission) -> Accepted:
        """Upload the missing bytes; return the job, which is queued before the first byte."""
        record = self._earlier_job() or self._create_job(inputs, submission)
        self._send_missing(record, [file.path for file in inputs.files])
        return Accepted.from_json({"job_id": record.job_id, "state": "queued"})

    def resume(self, record: JobRecord) -> None:
        """Continue the uploads that an earlier process began."""
        self._send_missing(record, [Path(upload.film) for upload in record.uploads])

    def give_up(self) -> None:
        """Delete the unfinished uploads, here and on the server; complete ones can be reused."""
        self._store.drop(self._key)
        self.lock.close()
        self._delete_unfinished()

    def _earlier_job(self) -> JobRecord | None:
        """Return the job of an earlier run, unless it is gone or has ended without a result."""
        record = find_job(self._store, self._key)
        if record is None or not record.job_id:
            return None
        try:
            status = self._http.json("GET", f"/jobs/{record.job_id}/status")
        except Refused as exc:
            if exc.is_passing:
                raise  # it is still there
            status = {}
        if status.get("state") in (None, "failed", "canceled"):
            self._store.drop(self._key)
            return None
        return record

    def _create_job(self, inputs: InputFiles, submission: Submission) -> JobRecord:
        """Create the uploads and the job; without what the server no longer has if it says so."""
        record = find_job(self._store, self._key)  # a run that ended before its job was created
        if record is None:
            record = self._create_uploads(inputs, submission, reuse=True)
        try:
            return self._submit(record, inputs, submission)
        except Refused as exc:
            self._forget(record, inputs)
            if not is_about_upload(exc):
                raise
        record = self._create_uploads(inputs, submission, reuse=False)
        try:
            return self._submit(record, inputs, submission)
        except Refused:
            self._forget(record, inputs)
            raise

    def _create_uploads(
        self, inputs: InputFiles, submission: Submission, *, reuse: bool
    ) -> JobRecord:
        """Return uploads for the files: complete ones of earlier jobs, or new ones."""
        roles = roles_of(json.loads(submission.job), inputs.order)
        try:
            uploads = tuple(
                self._upload_for(file, roles.get(number, "media"), reuse=reuse)
                for number, file in enumerate(inputs.files)
            )
        except ClientError:
            self._delete_unfinished()
            raise
        record = JobRecord(uploads, submission.idempotency_key)
        put_job(self._store, self._key, record)
        return record

    def _upload_for(self, file: SourceFile, role: str, *, reuse: bool) -> UploadRecord:
        self._transfer.raise_if_stopped()
        known = self._store.find(key_of_source(self._http.url, file)) if reuse else None
        if known is None:
            url, _ = create_upload(self._http, file, role=role)
            self._unfinished.add(url)
        else:
            url = known.upload_url
        return UploadRecord(url, "", film=file.location, size=file.size, mtime_ns=file.mtime_ns)

    def _submit(self, record: JobRecord, inputs: InputFiles, submission: Submission) -> JobRecord:
        ids = [record.uploads[index].upload_id for index in inputs.order]
        body = self._http.json(
            "POST",
            "/jobs",
            json=with_uploads(json.loads(submission.job), ids),
            headers={"Idempotency-Key": record.idempotency_key},
        )
        record = replace(record, job_id=body["job_id"])
        put_job(self._store, self._key, record)
        return record

    def _forget(self, record: JobRecord, inputs: InputFiles) -> None:
        """Forget the uploads of a refused job; delete the new ones from the server."""
        self._store.drop(self._key)
        for file, upload in zip(inputs.files, record.uploads, strict=True):
            if upload.upload_url not in self._unfinished:
                self._store.drop(key_of_source(self._http.url, file))
        self._delete_unfinished()

    def _send_missing(self, record: JobRecord, paths: Sequence[Path]) -> None:
        """Send what the server does not have of each upload; `paths` are as typed."""
        self._on_accepted(record.job_id)
        try:
            tasks = self._tasks(record, paths)
            run_uploads(tasks, self._transfer.stop)
        except Refused as exc:
            if not exc.is_passing:
                self.give_up()
            raise
        self._store.drop(self._key)

    def _tasks(self, record: JobRecord, paths: Sequence[Path]) -> list[Task]:
        """Return a task for each upload that is not complete."""
        uploads = record.uploads
        offsets = [
            settled_offset(self._http, upload.upload_url, self._transfer) for upload in uploads
        ]
        missing = [index for index, upload in enumerate(uploads) if offsets[index] < upload.size]
        self._unfinished = {uploads[index].upload_url for index in missing}
        progress = InputProgress(offsets, [upload.size for upload in uploads], self._transfer)

        def task(index: int) -> Task:
            return lambda end: self._send_one(
                replace(uploads[index], job_id=record.job_id),
                offsets[index],
                progress.transfer_of(index, paths[index], end),
            )

        return [task(index) for index in missing]

    def _send_one(self, upload: UploadRecord, offset: int, transfer: Transfer) -> None:
        with open_input(Path(upload.film)) as source:
            if not upload.is_of(source):
                raise LocalFileProblem(f"{source.path} has changed since its upload began")
            send_bytes(self._http, upload.upload_url, source, offset, transfer)
        self._unfinished.discard(upload.upload_url)
        # From now on other jobs on the same file use this upload.
        self._store.put(upload.key_of_file(self._http.url), replace(upload, film=""))

    def _delete_unfinished(self) -> None:
        """Delete uploads that nothing will continue. Best effort: the server expires them too."""
        for url in self._unfinished:
            with suppress(ClientError):
                delete_upload(self._http, url)
        self._unfinished = set()
