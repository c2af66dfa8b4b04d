"""A file as an answer: conditional requests, one range, sendfile where the server has it."""

import base64
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, request

from ffremote.errors import InvalidArgument

from .errors import request_error

BLOCK_BYTES = 1 << 20
FAR_DIGITS = 18
FAR = 10**FAR_DIGITS
_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Download:
    """A file and what is said about it; without a `sha256` it may still grow.

    `internal` is its name for a proxy before us that is to send it (X-Accel-Redirect).
    """

    path: Path
    media_type: str
    sha256: str | None = None
    filename: str | None = None
    internal: str | None = None

    @property
    def etag(self) -> str | None:
        """The strong ETag: the hash of the content."""
        return f'"{self.sha256}"' if self.sha256 else None


class Unsatisfiable(Exception):
    """A range that begins behind the end."""


class PartOfFile(io.FileIO):
    """A file that is read from `start` and seems to end at `stop`; it still has its descriptor."""

    def __init__(self, path: Path, start: int, stop: int) -> None:
        super().__init__(path)
        self.seek(start)
        self._stop = stop

    def read(self, size: int | None = -1, /) -> bytes:
        left = max(0, self._stop - self.tell())
        wanted = left if size is None or size < 0 else min(size, left)
        return super().read(wanted) or b""

    def blocks(self) -> Iterator[bytes]:
        """Yield what is left, for servers that have no way of their own to send a file."""
        with self:
            while block := self.read(BLOCK_BYTES):
                yield block


def send(download: Download) -> Response:
    """Answer the current GET or HEAD; raise FileNotFoundError when the file has gone."""
    size = download.path.stat().st_size
    if download.etag and download.etag in _etags(request.headers.get("If-None-Match", "")):
        return _described(Response(status=HTTPStatus.NOT_MODIFIED), download)
    try:
        span = wanted_range(
            request.headers.get("Range"), request.headers.get("If-Range"), download.etag, size
        )
    except Unsatisfiable:
        return _not_satisfiable(size)
    if download.internal and request.method == "GET":
        return _described(Response(headers={"X-Accel-Redirect": download.internal}), download)
    start, stop = span or (0, size)
    response = _body(download, start, stop)
    if span:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response.headers["Content-Length"] = str(stop - start)
    return _described(response, download)


def wanted_range(
    header: str | None, if_range: str | None, etag: str | None, size: int
) -> tuple[int, int] | None:
    """Return the half-open range that is asked for, or None for the whole file.

    Several ranges, other units and nonsense count as none, which RFC 9110 allows; so does a
    range of another version of the file. Raises Unsatisfiable.
    """
    match = _RANGE.fullmatch(header or "")
    if match is None or (if_range is not None and if_range != etag):
        return None
    first, last = match.groups()
    if not first:
        return _suffix(last, size)
    start = _offset(first)
    stop = _offset(last) + 1 if last else size
    if stop <= start:
        if last:
            return None
        raise Unsatisfiable
    if start >= size:
        raise Unsatisfiable
    return start, min(stop, size)


def _suffix(length: str, size: int) -> tuple[int, int] | None:
    if not length:
        return None
    count = _offset(length)
    if count == 0 or size == 0:
        raise Unsatisfiable
    return max(0, size - count), size


def _offset(digits: str) -> int:
    """Read an offset; one that no file reaches is as good as any other such, however long."""
    significant = digits.lstrip("0")
    return FAR if len(significant) > FAR_DIGITS else int(significant or "0")


def _etags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _not_satisfiable(size: int) -> Response:
    response = request_error(
        InvalidArgument("Range", f"The file has {size} bytes, and the range begins behind them.")
    )
    response.status_code = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    response.headers["Content-Range"] = f"bytes */{size}"
    return response


def _body(download: Download, start: int, stop: int) -> Response:
    if request.method == "HEAD" or start == stop:
        return Response()
    file = PartOfFile(download.path, start, stop)
    wrapper = request.environ.get("wsgi.file_wrapper")
    body: Any = wrapper(file, BLOCK_BYTES) if wrapper else file.blocks()
    return Response(body, direct_passthrough=True)


def _described(response: Response, download: Download) -> Response:
    headers = response.headers
    headers["Content-Type"] = download.media_type
    headers["Accept-Ranges"] = "bytes"
    headers["Cache-Control"] = "private, no-cache"
    if download.sha256 and download.etag:
        headers["ETag"] = download.etag
        digest = base64.b64encode(bytes.fromhex(download.sha256)).decode()
        headers["Repr-Digest"] = f"sha-256=:{digest}:"
    if download.filename is not None:
        headers["Content-Disposition"] = attachment(download.filename)
    return response


def attachment(filename: str) -> str:
    """Return a Content-Disposition that every client reads and none can be fooled by."""
    plain = re.sub(r"[^ !#-\[\]-~]|[/%]", "_", filename)
    if plain == filename:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
