"""A result on its way here: resumed after a break, checked by size and sha256."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path, PurePosixPath, PureWindowsPath

import requests

from ...errors import Refused, Stopped, Unreachable
from ...file_names import local_name
from ..http import BLOCK, HttpSession
from ..models import Downloaded
from ..poll import job_failed
from ..retry import RetryPolicy
from .overwrite_guard import Sources
from .partial_file import PartialFile, refuse_existing
from .source import OnBytes


@dataclass(frozen=True, slots=True)
class _Promise:
    """What the server says about the whole file."""

    etag: str | None
    size: int | None
    sha256: str | None


def download(
    wire: HttpSession,
    job_id: str,
    target: Path,
    *,
    overwrite: bool,
    sources: Sources,
    retry: RetryPolicy,
    stop: Callable[[], bool],
    on_bytes: OnBytes,
) -> Downloaded:
    """Bring the job's result to `target`, whole and checked, or raise.

    `target` is never one of `sources`, which is looked at before the first byte and after the last.
    """
    sources.refuse(target)
    if not overwrite:
        refuse_existing(target)
    with PartialFile(target, job_id[:8]) as partial:
        conversion = _Errand(wire, job_id, partial, retry, stop, on_bytes)
        conversion.bring()
        if not conversion.is_right() and conversion.resumed:
            # What an earlier try had left was not the beginning of this file.
            partial.start_again()
            conversion.bring()
        if not conversion.is_right():
            partial.start_again()
            raise Unreachable(
                f"the result of job {job_id} arrived damaged", hint="download it again"
            )
        partial.publish(overwrite=overwrite, sources=sources)
        return Downloaded(job_id, target, partial.size, partial.sha256)


class _Errand:
    """The tries that bring one file."""

    def __init__(
        self,
        wire: HttpSession,
        job_id: str,
        partial: PartialFile,
        retry: RetryPolicy,
        stop: Callable[[], bool],
        on_bytes: OnBytes,
    ) -> None:
        self._wire, self._job_id, self._partial = wire, job_id, partial
        self._patience, self._stop, self._on_bytes = retry, stop, on_bytes
        self._promise: _Promise | None = None
        self.resumed = partial.size > 0

    def is_right(self) -> bool:
        """Whether all bytes are here and are the promised ones."""
        promise = self._promise
        if promise is None:
            return False
        return promise.size in (None, self._partial.size) and (
            promise.sha256 in (None, self._partial.sha256)
        )

    def bring(self) -> None:
        """Fetch what is missing, again and again while that has a chance."""
        while True:
            try:
                return self._try()
            except (Unreachable, Refused) as exc:
                self._patience.wait(exc)

    def _try(self) -> None:
        if self._partial.size and self._promise is None:
            with peek(self._wire, self._job_id) as response:
                self._promise = promise_of(response)
        if self._promise and self._promise.size == self._partial.size:
            return
        with self._open() as response:
            self._promise = promise_of(response)
            if response.status_code != 206 and self._partial.size:
                self._partial.start_again()
            self._take(response)

    def _open(self) -> requests.Response:
        headers = {}
        if self._partial.size:
            headers["Range"] = f"bytes={self._partial.size}-"
            if self._promise and self._promise.etag:
                headers["If-Range"] = self._promise.etag
        try:
            return _get(self._wire, self._job_id, headers)
        except Refused as exc:
            if exc.status != 416:
                raise
        self._partial.start_again()  # longer than the file: it was not ours
        return _get(self._wire, self._job_id, {})

    def _take(self, response: requests.Response) -> None:
        size = self._promise.size if self._promise else None
        self._on_bytes(self._partial.size, size)
        try:
            for block in response.iter_content(BLOCK):
                self._partial.append(block)
                self._patience.renew()
                self._on_bytes(self._partial.size, size)
                if self._stop():
                    raise Stopped("stopped")
        except requests.exceptions.RequestException as exc:
            raise Unreachable("the connection broke during the download") from exc


def peek(wire: HttpSession, job_id: str) -> requests.Response:
    """The headers of the result; not by HEAD, whose refusals have no body that says why."""
    return _get(wire, job_id, {"Range": "bytes=0-0"})


def _get(wire: HttpSession, job_id: str, headers: Mapping[str, str]) -> requests.Response:
    """The answer of `/result`; raises JobFailed for a job that has none because it failed."""
    try:
        return wire.call("GET", f"/jobs/{job_id}/result", headers=headers, stream=True)
    except Refused as exc:
        if exc.code != "TRANSCODE_FAILED":
            raise
        raise job_failed(job_id, exc.message, exc.details) from exc


def promise_of(response: requests.Response) -> _Promise:
    """Read size, ETag and sha256 of the whole file from an answer with all or a part of it."""
    headers = response.headers
    ranged = re.fullmatch(r"bytes \d+-\d+/(\d+)", headers.get("Content-Range", ""))
    length = ranged[1] if ranged else headers.get("Content-Length")
    return _Promise(
        etag=headers.get("ETag"),
        size=int(length) if length and length.isdigit() else None,
        sha256=_sha256_in(headers.get("Repr-Digest") or headers.get("Digest") or ""),
    )


def offered_name(response: requests.Response) -> str | None:
    """The bare file name in Content-Disposition, as this system can hold and show it."""
    message = Message()
    message["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    name = message.get_filename() or ""
    bare = PureWindowsPath(PurePosixPath(name).name).name
    return None if bare in ("", ".", "..") else local_name(bare)


def _sha256_in(header: str) -> str | None:
    found = re.search(r"sha-256=:?([A-Za-z0-9+/]+=*):?", header, re.IGNORECASE)
    try:
        return base64.b64decode(found[1], validate=True).hex() if found else None
    except binascii.Error:
        return None
