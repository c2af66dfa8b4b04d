"""Uploads the inputs of a job with it: in pieces if they are large, else in one request."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from ...errors import LocalFileProblem, Refused, Stopped
from ..excerpt.parts import Excerpt
from ..http import HttpSession
from ..models import Accepted
from .input_files import InputFiles, open_inputs
from .job_inputs import excerpts_of, is_about_upload, with_uploads
from .job_upload_state import key_of_inputs, record_of_job
from .job_uploads import JobKey, JobUploads
from .multipart import send_form
from .opening import as_sent, open_excerpt, open_input, with_index_first
from .source import SourceFile
from .transfer import Submission, Transfer
from .tus import ResumableUpload
from .tus_requests import max_upload_bytes
from .upload_state import UploadStateStore, key_of, key_of_source

RESUMABLE_FROM = 16 << 20
"""Bytes. Sending smaller inputs again is faster than asking for their offset."""


class Uploader:
    """Uploads inputs to one server, and remembers the uploads that can be resumed."""

    def __init__(
        self, http: HttpSession, store: UploadStateStore, warn: Callable[[str], None]
    ) -> None:
        self._http = http
        self._store = store
        self._warn = warn
        self._active: dict[str, ResumableUpload | JobUploads] = {}
        """Uploads by job id, until they are complete or abandoned."""

    def submit(self, paths: Sequence[Path], submission: Submission, transfer: Transfer) -> Accepted:
        """Send the inputs and their job; return the job."""
        if not paths:
            return self._submit_alone(submission, transfer)
        if excerpts := excerpts_of(json.loads(submission.job)):
            return self._submit_excerpts(paths, excerpts, submission, transfer)
        if len(paths) > 1:
            return self._submit_several(paths, submission, transfer)
        with open_input(paths[0], self._warn) as source:
            if reused := self._reuse_upload(source, submission, transfer):
                return reused
            if source.size < RESUMABLE_FROM or not self._takes_pieces(
                source.size, f"{source.path} has"
            ):
                return send_form(self._http, [source], submission, transfer)
            return self._send_in_pieces(source, submission, transfer)

    def _submit_alone(self, submission: Submission, transfer: Transfer) -> Accepted:
        """Send a job without inputs."""
        transfer.raise_if_stopped()
        response = self._http.json(
            "POST",
            "/jobs",
            json=json.loads(submission.job),
            headers={"Idempotency-Key": submission.idempotency_key},
        )
        accepted = Accepted.from_json(response)
        submission.on_accepted(accepted.job_id)
        return accepted

    def _submit_excerpts(
        self,
        paths: Sequence[Path],
        excerpts: Mapping[int, Excerpt],
        submission: Submission,
        transfer: Transfer,
    ) -> Accepted:
        """Send parts of the inputs; of a single one nothing, if the server has all of it."""
        with ExitStack() as stack:
            if len(paths) == 1:
                whole = stack.enter_context(open_input(paths[0]))
                if reused := self._reuse_upload(whole, submission, transfer):
                    return reused
            sources = [
                open_excerpt(path, excerpts[n]) if n in excerpts else open_input(path, self._warn)
                for n, path in enumerate(paths)
            ]
            opened = [stack.enter_context(each) for each in sources]
            return send_form(self._http, opened, submission, transfer)

    def _submit_several(
        self, paths: Sequence[Path], submission: Submission, transfer: Transfer
    ) -> Accepted:
        with open_inputs(paths, self._warn) as inputs:
            if self._fits_one_request(inputs) or not self._takes_pieces(
                inputs.size, "the inputs of the job have"
            ):
                sources = [inputs.files[index] for index in inputs.order]
                return send_form(self._http, sources, submission, transfer)
            return self._send_several(inputs, submission, transfer)

    def _fits_one_request(self, inputs: InputFiles) -> bool:
        """Whether the inputs are small, and each of them has to be sent once."""
        keys = (key_of_source(self._http.url, file) for file in inputs.files)
        return (
            inputs.size < RESUMABLE_FROM
            and not inputs.has_repeats
            and all(self._store.find(key) is None for key in keys)
        )

    def resume(self, job_id: str, transfer: Transfer) -> bool:
        """Continue uploads that an earlier process began here; return False if there are none."""
        found = self._store.of_job(job_id)
        if found is None:
            return self._resume_several(job_id, transfer)
        if not found[1].upload_url.startswith(self._http.url):
            return False
        key, record = found
        with self._store.try_lock(key) as is_acquired:
            if not is_acquired:
                return False
            with open_input(Path(record.film)) as source:
                source = with_index_first(source) if record.order else source
                if not record.is_of(source):
                    raise LocalFileProblem(f"{source.path} has changed since its upload began")
                upload = self._resumable(source, key, transfer, on_accepted=lambda _: None)
                upload.resume(record)
        return True

    def _resume_several(self, job_id: str, transfer: Transfer) -> bool:
        found = record_of_job(self._store, job_id)
        if found is None or not found[1].uploads[0].upload_url.startswith(self._http.url):
            return False
        key, record = found
        with self._store.try_lock(key) as is_acquired:
            if is_acquired:
                uploads = JobUploads(
                    self._http, JobKey(self._store, key), transfer, on_accepted=lambda _: None
                )
                uploads.resume(record)
            return is_acquired

    def abandon(self, job_id: str) -> None:
        """Delete the unfinished uploads of a canceled job from the server."""
        upload = self._active.pop(job_id, None)
        if upload is not None:
            upload.give_up()

    def _reuse_upload(
        self, source: SourceFile, submission: Submission, transfer: Transfer
    ) -> Accepted | None:
        """Create the job on the bytes of an earlier job, if the server still has them."""
        key = key_of_source(self._http.url, source)
        record = self._store.find(key)
        if record is None:
            return None
        job = with_uploads(json.loads(submission.job), [record.upload_id])
        headers = {"Idempotency-Key": submission.idempotency_key}
        try:
            body = self._http.json("POST", "/jobs", json=job, headers=headers)
        except Refused as exc:
            if not is_about_upload(exc):
                raise
            self._store.drop(key)
            return None
        accepted = Accepted.from_json(body)
        submission.on_accepted(accepted.job_id)
        transfer.report_sent(source.size, source.size)
        return accepted

    def _takes_pieces(self, size: int, subject: str) -> bool:
        largest = max_upload_bytes(self._http)
        if largest is not None and size > largest:
            raise Refused(
                f"{subject} {size} bytes, and the server takes {largest} at most",
                code="FILE_TOO_LARGE",
                status=413,
            )
        return largest is not None

    def _send_in_pieces(
        self, source: SourceFile, submission: Submission, transfer: Transfer
    ) -> Accepted:
        def on_accepted(job_id: str) -> None:
            self._active[job_id] = upload
            submission.on_accepted(job_id)

        source = as_sent(source, json.loads(submission.job))
        if source.order and (reused := self._reuse_upload(source, submission, transfer)):
            return reused
        key = key_of(self._http.url, source, submission.job)
        upload = self._resumable(source, key, transfer, on_accepted=on_accepted)
        with ExitStack() as stack:
            lock = self._store.lock(key, transfer.retry.sleep, lambda: self._warn_of_wait(source))
            waited = stack.enter_context(lock)
            if waited and (reused := self._reuse_upload(source, submission, transfer)):
                return reused
            try:
                accepted = upload.send(submission)
            except Stopped:
                # The caller cancels the job next; until then no other process may resume it.
                upload.lock = stack.pop_all()
                raise
            del self._active[accepted.job_id]
            return accepted

    def _send_several(
        self, inputs: InputFiles, submission: Submission, transfer: Transfer
    ) -> Accepted:
        def on_accepted(job_id: str) -> None:
            self._active[job_id] = uploads
            submission.on_accepted(job_id)

        key = JobKey(self._store, key_of_inputs(self._http.url, inputs, submission.job))
        uploads = JobUploads(self._http, key, transfer, on_accepted=on_accepted)
        with ExitStack() as stack:
            lock = self._store.lock(
                key.name, transfer.retry.sleep, lambda: self._warn_of_wait(inputs.files[0])
            )
            stack.enter_context(lock)
            try:
                accepted = uploads.send(inputs, submission)
            except Stopped:
                # The caller cancels the job next; until then no other process may resume it.
                uploads.lock = stack.pop_all()
                raise
            del self._active[accepted.job_id]
            return accepted

    def _warn_of_wait(self, source: SourceFile) -> None:
        self._warn(
            f"another ffremote on this machine is uploading {source.path} for the same job; "
            "waiting until it has ended"
        )

    def _resumable(
        self,
        source: SourceFile,
        key: str,
        transfer: Transfer,
        *,
        on_accepted: Callable[[str], None],
    ) -> ResumableUpload:
        return ResumableUpload(
            self._http,
            source,
            key,
            store=self._store,
            transfer=transfer,
            on_accepted=on_accepted,
        )
