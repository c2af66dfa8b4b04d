"""A file as a response: conditional requests, one range, sendfile if the server supports it."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar, Protocol
from urllib.parse import quote

from flask import Response, request

from ffremote.depot.file_part import BLOCK_BYTES, FilePart
from ffremote.depot.protocol import Depot, Part, Presentation
from ffremote.errors import InvalidArgument

from .errors import request_error

MAX_DIGITS = 18
MAX_OFFSET = 10**MAX_DIGITS
NO_RIGHTS = "default-src 'none'; sandbox"  # no script, no request, an origin of its own
_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE | re.ASCII)


class Content(Protocol):
    """Bytes that can be sent from any offset; both raise FileNotFoundError once removed."""

    @property
    def size(self) -> int:
        """The number of bytes."""

    @property
    def is_on_this_disk(self) -> bool:
        """Whether the kernel can send them: there is a descriptor for each byte."""

    def part(self, start: int, stop: int, /) -> "Sent":
        """Return the bytes `start` to `stop` (exclusive)."""


class Sent(Protocol):
    """A range of bytes as a file."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, none at the end."""

    def blocks(self) -> Iterator[bytes]:
        """Yield the remaining bytes, for servers without `wsgi.file_wrapper`."""


@dataclass(frozen=True, slots=True)
class Download:
    """Content and its headers; without a `sha256` it may still grow.

    `internal` makes the X-Accel-Redirect path, if a proxy in front of the server is to send
    the file. With `is_shown` a browser may show it, without any right of this server's own pages.
    """

    content: Content
    media_type: str
    sha256: str | None = None
    filename: str | None = None
    internal: Callable[[Presentation], str] | None = None
    is_shown: bool = False

    @property
    def etag(self) -> str | None:
        """The strong ETag, the quoted sha256; None without one."""
        return f'"{self.sha256}"' if self.sha256 else None

    @property
    def presentation(self) -> Presentation:
        """The headers that say what the content is."""
        if self.filename is None:
            return Presentation(self.media_type, None)
        kind = "inline" if self.is_shown else "attachment"
        return Presentation(self.media_type, disposition(kind, self.filename))


class RangeNotSatisfiable(Exception):
    """The range begins at or after the end of the file."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of the depot as content."""

    depot: Depot
    key: str

    @property
    def is_on_this_disk(self) -> bool:
        """Whether the depot is on this host."""
        return self.depot.is_on_this_disk

    @property
    def size(self) -> int:
        """The size of the file."""
        return self.depot.size(self.key)

    def part(self, start: int, stop: int, /) -> Part:
        """Open the file at `start`."""
        return self.depot.open(self.key, start, stop)


@dataclass(frozen=True, slots=True)
class ScratchFile:
    """A file of this host as content, which may still grow."""

    path: Path

    is_on_this_disk: ClassVar[bool] = True

    @property
    def size(self) -> int:
        """The size of the file now."""
        return self.path.stat().st_size

    def part(self, start: int, stop: int, /) -> FilePart:
        """Open the file at `start`."""
        return FilePart(self.path, start, stop)


def send(download: Download) -> Response:
    """Return the response to the current GET or HEAD; raise FileNotFoundError."""
    size = download.content.size
    if download.etag and download.etag in _etags(request.headers.get("If-None-Match", "")):
        return _with_headers(Response(status=HTTPStatus.NOT_MODIFIED), download)
    try:
        byte_range = parse_range(
            request.headers.get("Range"), request.headers.get("If-Range"), download.etag, size
        )
    except RangeNotSatisfiable:
        return _not_satisfiable(size)
    if download.internal and request.method == "GET":
        path = download.internal(download.presentation)
        return _with_headers(Response(headers={"X-Accel-Redirect": path}), download)
    start, stop = byte_range or (0, size)
    response = _body(download, start, stop)
    if byte_range:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response.headers["Content-Length"] = str(stop - start)
    return _with_headers(response, download)


def parse_range(
    header: str | None, if_range: str | None, etag: str | None, size: int
) -> tuple[int, int] | None:
    """Return the requested half-open byte range, or None for the whole file.

    Several ranges, other units and malformed headers are ignored, which RFC 9110 allows; so is a
    range of another version of the file. Raises RangeNotSatisfiable.
    """
    match = _RANGE.fullmatch(header or "")
    if match is None or (if_range is not None and if_range != etag):
        return None
    first, last = match.groups()
    if not first:
        return _suffix(last, size)
    start = _parse_offset(first)
    stop = _parse_offset(last) + 1 if last else size
    if stop <= start:
        if last:
            return None
        raise RangeNotSatisfiable
    if start >= size:
        raise RangeNotSatisfiable
    return start, min(stop, size)


def _suffix(length: str, size: int) -> tuple[int, int] | None:
    if not length:
        return None
    count = _parse_offset(length)
    if count == 0 or size == 0:
        raise RangeNotSatisfiable
    return max(0, size - count), size


def _parse_offset(digits: str) -> int:
    """Return an offset, at most `MAX_OFFSET`: longer numbers are beyond any file anyway."""
    significant = digits.lstrip("0")
    return MAX_OFFSET if len(significant) > MAX_DIGITS else int(significant or "0")


def _etags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _not_satisfiable(size: int) -> Response:
    response = request_error(
        InvalidArgument("Range", f"The range is outside the file, which has {size} bytes.")
    )
    response.status_code = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    response.headers["Content-Range"] = f"bytes */{size}"
    return response


def _body(download: Download, start: int, stop: int) -> Response:
    if request.method == "HEAD" or start == stop:
        return Response()
    file = download.content.part(start, stop)
    wrapper = request.environ.get("wsgi.file_wrapper")
    is_here = download.content.is_on_this_disk
    body: Any = wrapper(file, BLOCK_BYTES) if wrapper and is_here else file.blocks()
    return Response(body, direct_passthrough=True)


def _with_headers(response: Response, download: Download) -> Response:
    headers, presentation = response.headers, download.presentation
    headers["Content-Type"] = presentation.media_type
    headers["Accept-Ranges"] = "bytes"
    headers["Cache-Control"] = "private, no-cache"
    if download.sha256 and download.etag:
        headers["ETag"] = download.etag
        digest = base64.b64encode(bytes.fromhex(download.sha256)).decode()
        headers["Repr-Digest"] = f"sha-256=:{digest}:"
    if download.is_shown:
        headers["Content-Security-Policy"] = NO_RIGHTS
    if presentation.disposition is not None:
        headers["Content-Disposition"] = presentation.disposition
    return response


def disposition(kind: str, filename: str) -> str:
    """Return a Content-Disposition that every client parses and that cannot inject a parameter."""
    plain = re.sub(r"[^ !#-\[\]-~]|[/%]", "_", filename)
    if plain == filename:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
