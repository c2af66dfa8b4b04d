"""A film on its way to the server: in pieces when it is large, else in one request."""

import json
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from ...errors import LocalFileProblem, Refused, Stopped
from ..http import HttpSession
from ..models import Accepted
from ..retry import RetryPolicy
from . import source as films
from .multipart import MultipartBody
from .source import OnBytes, SourceFile
from .tus import ANSWER_SECONDS, ResumableUpload, offers
from .upload_state import UploadStateStore, key_of, key_of_film

RESUMABLE_FROM = 16 << 20
"""Bytes; a smaller film is sent again sooner than its upload is asked for."""

_GONE = ("UPLOAD_NOT_FOUND", "UPLOAD_CONFLICT", "RESULT_EXPIRED")


class Uploader:
    """Sends films to one server."""

    def __init__(
        self,
        wire: HttpSession,
        records: UploadStateStore,
        stop: threading.Event,
        warn: Callable[[str], None],
    ) -> None:
        self._wire, self._records, self._stop, self._warn = wire, records, stop, warn
        self._under_way: dict[str, ResumableUpload] = {}

    def submit(
        self,
        path: Path,
        job: str,
        *,
        idempotency_key: str,
        retry: RetryPolicy,
        on_bytes: OnBytes,
        on_accepted: Callable[[str], None],
    ) -> Accepted:
        """Send the film and its job; `on_accepted` hears the job's id as soon as there is one."""
        heard = self._unless_stopped(on_bytes)
        with films.opened(path) as film:
            if again := self._with_earlier_bytes(film, job, idempotency_key):
                on_accepted(again.job_id)
                heard(film.size, film.size)
                return again
            if film.size < RESUMABLE_FROM or not self._takes_pieces(film):
                accepted = self._whole(film, job, idempotency_key, heard)
                on_accepted(accepted.job_id)
                return accepted
            return self._in_pieces(film, job, idempotency_key, retry, heard, on_accepted)

    def abandon(self, job_id: str) -> None:
        """Take what was sent for a canceled job off the server."""
        upload = self._under_way.pop(job_id, None)
        if upload is not None:
            upload.give_up()

    def _with_earlier_bytes(
        self, film: SourceFile, job: str, idempotency_key: str
    ) -> Accepted | None:
        """A job on the bytes that an earlier job of ours has brought, if they are still there."""
        key = key_of_film(self._wire.url, film)
        record = self._records.find(key)
        if record is None:
            return None
        whole = json.loads(job)
        whole["input"] = {**(whole.get("input") or {}), "upload_id": record.upload_id}
        headers = {"Idempotency-Key": idempotency_key}
        try:
            said = self._wire.json("POST", "/jobs", json=whole, headers=headers)
        except Refused as exc:
            if exc.code not in _GONE and exc.details.get("field") != "input.upload_id":
                raise
            self._records.drop(key)
            return None
        return Accepted.from_json(said)

    def _takes_pieces(self, film: SourceFile) -> bool:
        largest = offers(self._wire)
        if largest is not None and film.size > largest:
            raise Refused(
                f"{film.path} has {film.size} bytes, and the server takes {largest} at most",
                code="FILE_TOO_LARGE",
                status=413,
            )
        return largest is not None

    def resume(self, job_id: str, *, retry: RetryPolicy, on_bytes: OnBytes) -> bool:
        """Go on with the upload of a job that another run here began; False if there is none."""
        found = self._records.of_job(job_id)
        if found is None or not found[1].upload_url.startswith(self._wire.url):
            return False
        key, record = found
        with self._records.held(key) as is_left:
            if not is_left:
                return False
            with films.opened(Path(record.film)) as film:
                if not record.is_of(film):
                    raise LocalFileProblem(f"{film.path} has changed since its upload began")
                heard = self._unless_stopped(on_bytes)
                self._upload(film, key, retry, heard, lambda _: None).resume(record)
        return True

    def _unless_stopped(self, on_bytes: OnBytes) -> OnBytes:
        def heard(have: int, total: int | None) -> None:
            if self._stop.is_set():
                raise Stopped("the upload was stopped")
            on_bytes(have, total)

        return heard

    def _in_pieces(
        self,
        film: SourceFile,
        job: str,
        idempotency_key: str,
        retry: RetryPolicy,
        on_bytes: OnBytes,
        on_accepted: Callable[[str], None],
    ) -> Accepted:
        def taken(job_id: str) -> None:
            self._under_way[job_id] = upload
            on_accepted(job_id)

        key = key_of(self._wire.url, film, job)
        upload = self._upload(film, key, retry, on_bytes, taken)
        with ExitStack() as held:
            turn = self._records.waited_for(key, retry.sleep, lambda: self._say_wait(film))
            waited = held.enter_context(turn)
            if waited and (again := self._with_earlier_bytes(film, job, idempotency_key)):
                on_accepted(again.job_id)
                on_bytes(film.size, film.size)
                return again
            try:
                accepted = upload.send(job, idempotency_key)
            except Stopped:
                # The caller cancels the job next: until then no other run may take it up.
                upload.lock = held.pop_all()
                raise
            del self._under_way[accepted.job_id]
            return accepted

    def _say_wait(self, film: SourceFile) -> None:
        self._warn(
            f"another ffremote on this machine is uploading {film.path} for the same job; "
            "waiting for its end"
        )

    def _upload(
        self,
        film: SourceFile,
        key: str,
        retry: RetryPolicy,
        on_bytes: OnBytes,
        on_accepted: Callable[[str], None],
    ) -> ResumableUpload:
        return ResumableUpload(
            self._wire,
            film,
            key,
            records=self._records,
            retry=retry,
            on_bytes=on_bytes,
            on_accepted=on_accepted,
        )

    def _whole(
        self, film: SourceFile, job: str, idempotency_key: str, on_bytes: OnBytes
    ) -> Accepted:
        on_bytes(0, film.size)
        body = MultipartBody(job, film, on_bytes)
        headers = {"Content-Type": body.content_type, "Idempotency-Key": idempotency_key}
        return Accepted.from_json(
            self._wire.json(
                "POST", "/jobs", data=body, headers=headers, answer_seconds=ANSWER_SECONDS
            )
        )
