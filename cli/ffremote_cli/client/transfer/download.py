"""Downloads a result: resumed after a break, verified by size and sha256."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import requests

from ...errors import LocalFileProblem, Refused, Unreachable
from ..http import HttpSession
from ..models import Downloaded
from ..poll import job_failed
from .overwrite_guard import Sources
from .partial_file import PartialFile, refuse_existing
from .result_headers import ResultInfo, result_info
from .transfer import Transfer

ARCHIVE = "application/zip"


@dataclass(frozen=True, slots=True)
class Remote:
    """What is downloaded: the result of a job, or the file of it that is listed as `name`."""

    job_id: str
    name: str | None = None
    sha256: str | None = None
    """Of the listed file, in hexadecimal."""

    @property
    def path(self) -> str:
        """The path below the API."""
        if self.name is None:
            return f"/jobs/{self.job_id}/result"
        return f"/jobs/{self.job_id}/files/{quote(self.name, safe='')}"

    @property
    def label(self) -> str:
        """Part of the name of the partial file, which only this job may continue."""
        return self.job_id[:8]

    def __str__(self) -> str:
        what = "the result" if self.name is None else self.name
        return f"{what} of job {self.job_id}"


def download(
    http: HttpSession,
    remote: Remote,
    target: Path,
    transfer: Transfer,
    *,
    overwrite: bool,
    sources: Sources,
) -> Downloaded:
    """Download a result or a file to `target`, complete and verified, or raise.

    `target` must not be one of `sources`: checked before the first byte and after the last.
    """
    sources.refuse(target)
    if not overwrite:
        refuse_existing(target)
    with PartialFile(target, remote.label) as partial:
        download = _Download(http, remote, partial, transfer)
        download.run()
        if not download.is_verified() and download.resumed:
            # The bytes that an earlier run left are not the beginning of this file.
            partial.start_again()
            download.run()
        if not download.is_verified():
            partial.start_again()
            raise Unreachable(f"{remote} arrived damaged", hint="download it again")
        partial.publish(overwrite=overwrite, sources=sources)
        return Downloaded(remote.job_id, target, partial.size, partial.sha256)


class _Download:
    """The requests that fetch one result, until it is complete."""

    def __init__(
        self, http: HttpSession, remote: Remote, partial: PartialFile, transfer: Transfer
    ) -> None:
        self._http = http
        self._remote = remote
        self._partial = partial
        self._transfer = transfer
        self._expected: ResultInfo | None = None
        self.resumed = partial.size > 0

    def is_verified(self) -> bool:
        """Whether the file has the size and sha256 that the server announced, also in its list."""
        expected = self._expected
        if expected is None or expected.size not in (None, self._partial.size):
            return False
        sha256 = self._partial.sha256
        return expected.sha256 in (None, sha256) and self._remote.sha256 in (None, sha256)

    def run(self) -> None:
        """Fetch the missing bytes; retry as the retry policy allows."""
        while True:
            try:
                return self._try()
            except (Unreachable, Refused) as exc:
                self._transfer.retry.backoff(exc)

    def _try(self) -> None:
        if self._partial.size and self._expected is None:
            with request_headers(self._http, self._remote) as response:
                self._expected = result_info(response)
        if self._expected and self._expected.size == self._partial.size:
            return
        with self._open() as response:
            self._refuse_archive(response)
            self._expected = result_info(response)
            if response.status_code != 206 and self._partial.size:
                self._partial.start_again()
            self._receive(response)

    def _refuse_archive(self, response: requests.Response) -> None:
        """Raise LocalFileProblem if an archive of several files would get a media file's name."""
        target = self._partial.target
        if response.headers.get("Content-Type") != ARCHIVE or target.suffix.lower() == ".zip":
            return
        raise LocalFileProblem(
            f"job {self._remote.job_id} has several files, so {target} is not written",
            hint=f"`ffremote download {self._remote.job_id} -o DIRECTORY/` downloads them",
        )

    def _open(self) -> requests.Response:
        headers = {}
        if self._partial.size:
            headers["Range"] = f"bytes={self._partial.size}-"
            if self._expected and self._expected.etag:
                headers["If-Range"] = self._expected.etag
        try:
            return _get(self._http, self._remote, headers)
        except Refused as exc:
            if exc.status != 416:
                raise
        self._partial.start_again()  # longer than the result: bytes of another file
        return _get(self._http, self._remote, {})

    def _receive(self, response: requests.Response) -> None:
        size = self._expected.size if self._expected else None
        self._transfer.on_bytes(self._partial.size, size)
        try:
            for block in response.iter_content(self._transfer.rate.block):
                self._partial.append(block)
                self._transfer.pace(len(block))
                self._transfer.retry.reset()
                self._transfer.on_bytes(self._partial.size, size)
                self._transfer.raise_if_stopped()
        except requests.exceptions.RequestException as exc:
            raise Unreachable("the connection broke during the download") from exc


def request_headers(http: HttpSession, remote: Remote) -> requests.Response:
    """Return a response with the headers of the whole.

    By a GET of one byte: a refusal of HEAD has no body with the reason.
    """
    return _get(http, remote, {"Range": "bytes=0-0"})


def _get(http: HttpSession, remote: Remote, headers: Mapping[str, str]) -> requests.Response:
    """Return the response with the bytes; raise JobFailed for a failed job."""
    try:
        return http.download(remote.path, headers)
    except Refused as exc:
        if exc.code != "TRANSCODE_FAILED":
            raise
        raise job_failed(remote.job_id, exc.message, exc.details) from exc
